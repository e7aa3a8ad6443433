import type { Sequelize } from 'sequelize';
import { auditlog } from '../../../audit/index.ts';
import { type LogProblem, type SealProblem, verifyLog, verifySeals } from '../../../audit/proof/index.ts';
import { nearestWord, type ParsedArguments, usageError } from '../../arguments.ts';
import { type Command, exitCodes } from '../../command.ts';
import { terminalWidth, writeOutput } from '../../terminal.ts';
import { showVerifiedLog, showVerifiedSeals } from '../audit-output.ts';
import { momentOption, withDatabase } from '../options.ts';

const name = 'audit verify';

/** All are counted; the first are kept and shown, so that a log of nothing but problems needs no more memory. */
const maxShown = 1_000;

/** `hotspots audit verify`: whether the log explains the tables, and whether the sealed log is as it was sealed. */
export const verify: Command = {
  usage: '[--model=NAME …] [--since=WHEN] [--seals [--expect=HASH]]',
  options: {
    model: { type: 'string', multiple: true, value: 'NAME', help: 'only this model; may be repeated' },
    since: {
      type: 'string',
      value: 'WHEN',
      help: 'only records with an entry since then: 30m, 12h, 7d, 2w, or 2027-03-01[T18:00Z]',
    },
    seals: { type: 'boolean', help: 'check the seals too: nothing altered, removed or inserted' },
    expect: { type: 'string', value: 'HASH', help: 'with --seals: a hash kept elsewhere, still among them' },
    json: { type: 'boolean', help: 'one JSON object on stdout' },
  },
  positionals: 0,
  examples: [
    [
      'npm run hotspots -- audit verify --model=Event --since=7d',
      'Events that changed in the last seven days',
    ],
    ['npm run hotspots -- audit verify --seals', 'The seals as well'],
  ],
  run: async (given) => {
    const since = momentOption(name, '--since', given.text('since'));
    const expectedHash = hashOf(given);
    return withDatabase(async ({ sequelize }) => {
      const models = modelsOf(given);
      const log = await logOf(sequelize, models, since);
      const seals = given.flag('seals') ? await sealsOf(sequelize, expectedHash) : null;
      await writeOutput(
        given.flag('json')
          ? JSON.stringify({ log, seals })
          : [
              showVerifiedLog(log, terminalWidth()),
              ...(seals ? [showVerifiedSeals(seals, terminalWidth())] : []),
            ].join('\n\n'),
      );
      return log.problems + (seals?.problems ?? 0) === 0 ? exitCodes.done : exitCodes.incomplete;
    });
  },
};

async function logOf(sequelize: Sequelize, models: readonly string[] | undefined, since: Date | undefined) {
  const firstProblems: LogProblem[] = [];
  const verified = await verifyLog(sequelize, auditlog.registrations(), {
    models,
    since,
    onProblem: (problem) => {
      if (firstProblems.length < maxShown) firstProblems.push(problem);
    },
  });
  return { ...verified, firstProblems };
}

async function sealsOf(sequelize: Sequelize, expectedHash: string | undefined) {
  const firstProblems: SealProblem[] = [];
  const verified = await verifySeals(sequelize, {
    expectedHash,
    onProblem: (problem) => {
      if (firstProblems.length < maxShown) firstProblems.push(problem);
    },
  });
  return { ...verified, firstProblems };
}

/** The registered names of the given models, however they are capitalised. */
function modelsOf(given: ParsedArguments): string[] | undefined {
  const texts = given.texts('model');
  if (texts.length === 0) return undefined;
  const names = auditlog.registrations().map(({ modelName }) => modelName);
  return texts.map((text) => {
    const known = names.find((each) => each.toLowerCase() === text.toLowerCase());
    if (known !== undefined) return known;
    const nearest = nearestWord(text, names);
    throw usageError(
      name,
      `No registered model has the name ${JSON.stringify(text)}. ` +
        (nearest === null ? `Models are ${names.join(', ')}.` : `Did you mean ${nearest}?`),
    );
  });
}

function hashOf(given: ParsedArguments): string | undefined {
  const text = given.text('expect');
  if (text === undefined) return undefined;
  if (!/^[0-9a-f]{64}$/i.test(text)) {
    throw usageError(
      name,
      `--expect must be a seal's hash, 64 hexadecimal digits; given: ${JSON.stringify(text)}.`,
    );
  }
  if (!given.flag('seals')) throw usageError(name, '--expect is about the seals: give --seals too.');
  return text;
}
