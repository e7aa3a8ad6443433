import type { Sequelize } from 'sequelize';
import type { JsonValue } from '../../../audit/index.ts';
import {
  changedSince,
  collectForeignKeys,
  entryTable,
  fieldAuthors,
  fieldKey,
  history,
  type LogEntryRow,
  loadLabels,
  type RenderOptions,
  readLogEntries,
} from '../../../audit/read/index.ts';
import { HotspotsError } from '../../../errors.ts';
import { reasonOf } from '../../../runs/log-context.ts';
import type { Verdict } from '../../../runs/run.ts';
import type { GivenVerdict } from '../../../runs/verdicts.ts';
import { verdictsOf, verdictsOfEntries } from '../../../runs/verdicts.ts';
import { safeText, showTime, style, terminalWidth } from '../../terminal.ts';
import { textTable } from '../../text-table.ts';
import { historyLine } from './changes.ts';

const historySize = 10;

/**
 * One change: what it wrote, who wrote each field last, the history of the record.
 *
 * @throws HotspotsError CHANGE_UNKNOWN
 */
export async function showChange(sequelize: Sequelize, id: string, json: boolean): Promise<string> {
  const [entry] = await readLogEntries(sequelize, [id]);
  if (entry === undefined)
    throw new HotspotsError(
      'CHANGE_UNKNOWN',
      `There is no change ${id}. The newest: npm run review -- --since=1d`,
    );
  const record = { model: entry.model, id: { id: entry.objectId } };
  const { entries } = await history(sequelize, record, { limit: historySize });
  const verdicts = await verdictsOf(sequelize, { entryId: id });
  const inForce = await verdictsOfEntries(sequelize, [id]);
  const since = await changedSince(entry);
  if (json)
    return JSON.stringify({ change: entry, verdicts, now: Object.fromEntries(since), history: entries });
  const options = { limit: -1, labelOf: await loadLabels(collectForeignKeys([entry, ...entries])) };
  const rows = entryTable(entry, options);
  const later = await laterValues(sequelize, entry, since, options);
  const [newest] = entries;
  const reason = reasonOf(entry);
  return [
    style(
      'bold',
      safeText(`#${entry.id}  ${entry.action} ${entry.model} ${entry.objectId}  ${entry.objectLabel}`),
    ),
    `  ${safeText(`${showTime(entry.timestamp)}  ${entry.actorEmail}`)}${entry.runId === null ? '' : `  run ${entry.runId}`}`,
    ...(reason === null ? [] : [`  why: ${safeText(reason)}`]),
    ...(entry.sourceUrl === null ? [] : [`  from ${safeText(entry.sourceUrl)}`]),
    safeText(`  verdict: ${verdictText(inForce.get(id), verdicts)}`),
    '',
    textTable(
      [
        { title: 'FIELD' },
        { title: 'WAS', flexible: true },
        { title: 'NOW', flexible: true },
        { title: 'LATER', flexible: true },
      ],
      rows.map((row) =>
        row.kind === 'value'
          ? [row.field, row.old, row.new, later.get(row.field) ?? '']
          : [row.field, '', row.kind === 'm2m' ? `${row.operation} ${row.objects.join(', ')}` : row.text, ''],
      ),
      terminalWidth(),
    ),
    ...(newest?.action === 'delete' && newest.id !== entry.id
      ? [safeText(`Deleted since, by ${newest.actorEmail} (#${newest.id})`)]
      : []),
    '',
    style('bold', 'History'),
    ...entries.map((each) => `  ${historyLine(each)}`),
    '',
    ...(entry.action === 'access' ? [] : [`Undo:   npm run undo -- --change=${entry.id} --reason="…"`]),
  ].join('\n');
}

/** What fields hold by now, and by whom: only of those that somebody wrote since. */
async function laterValues(
  sequelize: Sequelize,
  entry: LogEntryRow,
  since: ReadonlyMap<string, JsonValue>,
  options: RenderOptions,
): Promise<Map<string, string>> {
  const changes = Object.fromEntries([...since].map(([field, now]) => [field, [null, now]]));
  const fields = [...since.keys()].map((field) => ({ ...entry, field }));
  const authors = await fieldAuthors(sequelize, fields);
  return new Map(
    entryTable({ model: entry.model, changes }, options).map((row) => {
      const author = authors.get(fieldKey({ ...entry, field: row.field }));
      // Who wrote past the log is not known; an undo gives a field back to whoever wrote its value before.
      const by = author === undefined ? '' : `, by ${author.actorEmail} (#${author.entryId})`;
      return [row.field, `${row.kind === 'value' ? row.new : ''}${by}`];
    }),
  );
}

function verdictText(inForce: Verdict | undefined, [own]: readonly GivenVerdict[]): string {
  if (inForce === undefined) return 'none';
  if (own?.verdict !== inForce) return `${inForce}, as its run`;
  return `${inForce} by ${own.givenByEmail}${own.note === null ? '' : `: ${own.note}`}`;
}
