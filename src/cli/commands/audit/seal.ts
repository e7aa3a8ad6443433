import { type OpenWriter, type Seal, type SealedLog, sealLog } from '../../../audit/proof/index.ts';
import { wholeNumber } from '../../arguments.ts';
import { type Command, exitCodes } from '../../command.ts';
import { safeText, showTime, writeOutput } from '../../terminal.ts';
import { momentOption, withDatabase } from '../options.ts';

const name = 'audit seal';

/** `hotspots audit seal`: makes what is in the log by now evident against tampering. For a schedule. */
export const seal: Command = {
  usage: '[--older-than=WHEN] [--wait=SECONDS]',
  options: {
    'older-than': { type: 'string', value: 'WHEN', help: 'only entries before then: 30m, 7d, or 2027-03-01' },
    wait: { type: 'string', value: 'SECONDS', help: 'for transactions that are writing; 60 if not given' },
    json: { type: 'boolean', help: 'one JSON object on stdout' },
  },
  positionals: 0,
  examples: [['npm run hotspots -- audit verify --seals', 'What seals are checked with']],
  run: async (given) => {
    const olderThan = momentOption(name, '--older-than', given.text('older-than'));
    const wait = wholeNumber(name, '--wait', given.text('wait'), { min: 0, max: 86_400 }) ?? 60;
    const sealed = await withDatabase(({ sequelize }) =>
      sealLog(sequelize, { patience: wait * 1000, ...(olderThan && { olderThan }) }),
    );
    await writeOutput(given.flag('json') ? JSON.stringify(asJson(sealed)) : asText(sealed, wait));
    return sealed.openWriters.length === 0 ? exitCodes.done : exitCodes.incomplete;
  },
};

function asJson({ seals, last, openWriters }: SealedLog) {
  return { seals: seals.map(described), last: last && described(last), openWriters };
}

function described({ id, sealedAt, firstId, lastId, entryCount, root, hash }: Seal) {
  const [rootText, hashText] = [root, hash].map((bytes) => bytes.toString('hex'));
  return { id, sealedAt, firstId, lastId, entryCount: Number(entryCount), root: rootText, hash: hashText };
}

function asText({ seals, last, openWriters }: SealedLog, wait: number): string {
  const made = seals.map(
    ({ id, firstId, lastId, entryCount }) => `Seal ${id}: #${firstId} to #${lastId}, entries: ${entryCount}.`,
  );
  const nothing =
    openWriters.length === 0
      ? 'Nothing to seal.'
      : [
          `Nothing was sealed: still writing to the log after ${wait} s:`,
          ...openWriters.map(writerLine),
        ].join('\n');
  return [
    ...(made.length > 0 ? made : [nothing]),
    ...(last === null
      ? []
      : ["Last seal's hash; keep it where the database's owner cannot write:", last.hash.toString('hex')]),
  ].join('\n');
}

function writerLine({ pid, applicationName, since }: OpenWriter): string {
  const process = pid === null ? 'a prepared transaction' : `server process ${pid}`;
  const application = applicationName ? ` (${safeText(applicationName)})` : '';
  return `  ${process}${application}${since === null ? '' : `, since ${showTime(since)}`}`;
}
