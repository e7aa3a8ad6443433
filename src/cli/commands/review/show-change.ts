import type { Sequelize } from 'sequelize';
import { collectForeignKeys } from '../../../audit/reading/collect-foreign-keys.ts';
import { entryTable } from '../../../audit/reading/entry-table.ts';
import { fieldAuthors, fieldKey } from '../../../audit/reading/field-authors.ts';
import { history } from '../../../audit/reading/history.ts';
import { loadLabels } from '../../../audit/reading/load-labels.ts';
import { type LogEntryRow, readLogEntries } from '../../../audit/reading/log-entry-row.ts';
import { renderEntryLine } from '../../../audit/reading/render-entry-line.ts';
import { HotspotsError } from '../../../errors.ts';
import { verdictsOf } from '../../../review/verdicts-of.ts';
import { safeText } from '../terminal/safe-text.ts';
import { showTime } from '../terminal/show-time.ts';
import { style } from '../terminal/style.ts';
import { terminalWidth } from '../terminal/terminal-width.ts';
import { textTable } from '../terminal/text-table.ts';

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
  if (json) return JSON.stringify({ change: entry, verdicts, history: entries });
  const options = { limit: -1, labelOf: await loadLabels(collectForeignKeys([entry, ...entries])) };
  const rows = entryTable(entry, options);
  const authors = await fieldAuthors(
    sequelize,
    rows.map(({ field }) => ({ ...entry, field })),
  );
  const lastWriter = (field: string) => {
    const author = authors.get(fieldKey({ ...entry, field }));
    return author === undefined || author.entryId === entry.id
      ? ''
      : `since by ${author.actorEmail} (#${author.entryId})`;
  };
  return [
    style(
      'bold',
      safeText(`#${entry.id}  ${entry.action} ${entry.model} ${entry.objectId}  ${entry.objectLabel}`),
    ),
    `  ${safeText(`${showTime(entry.timestamp)}  ${entry.actorEmail}`)}${entry.runId === null ? '' : `  run ${entry.runId}`}`,
    ...(entry.sourceUrl === null ? [] : [`  from ${safeText(entry.sourceUrl)}`]),
    `  verdict: ${verdicts[0]?.verdict ?? 'none'}${verdicts[0] ? safeText(` by ${verdicts[0].givenByEmail}${verdicts[0].note ? `: ${verdicts[0].note}` : ''}`) : ''}`,
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
          ? [row.field, row.old, row.new, lastWriter(row.field)]
          : [row.field, '', row.kind === 'm2m' ? `${row.operation} ${row.objects.join(', ')}` : row.text, ''],
      ),
      terminalWidth(),
    ),
    '',
    style('bold', 'History'),
    ...entries.map((each) => `  ${historyLine(each)}`),
    '',
    ...(entry.action === 'access' ? [] : [`Undo:   npm run undo -- --change=${entry.id} --reason="…"`]),
  ].join('\n');
}

/** An entry of a history on one line. */
export function historyLine(entry: LogEntryRow): string {
  const origin = `#${entry.id}  ${showTime(entry.timestamp)}  ${entry.actorEmail}  ${entry.action}`;
  return safeText(`${origin}  ${renderEntryLine(entry, { limit: 60 })}`);
}
