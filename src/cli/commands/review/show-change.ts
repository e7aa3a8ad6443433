import type { Sequelize } from 'sequelize';
import { entryTable, type RenderOptions } from '../../../audit/read/index.ts';
import { type ChangeView, goneSentence, nothingToUndo, readChange } from '../../../runs/index.ts';
import { safeText, showTime, style, terminalWidth } from '../../terminal.ts';
import { textTable } from '../../text-table.ts';
import { historyLine } from './changes.ts';

/**
 * One change: what it wrote, who wrote each field last, the history of the record.
 *
 * @throws HotspotsError CHANGE_UNKNOWN
 */
export async function showChange(sequelize: Sequelize, id: string, json: boolean): Promise<string> {
  const change = await readChange(sequelize, id);
  return json ? asJson(change) : asText(change);
}

function asJson({ entry, given, since, history }: ChangeView): string {
  const now = Object.fromEntries([...since].map(([field, { value }]) => [field, value]));
  return JSON.stringify({ change: entry, verdicts: given, now, history: history.entries });
}

function asText(change: ChangeView): string {
  const { entry, labelOf, reason, gaps, undoneByRunId } = change;
  const options = { limit: -1, labelOf };
  const later = laterTexts(change, options);
  const gone = goneSentence(change.state);
  return [
    style(
      'bold',
      safeText(`#${entry.id}  ${entry.action} ${entry.model} ${entry.objectId}  ${entry.objectLabel}`),
    ),
    `  ${safeText(`${showTime(entry.timestamp)}  ${entry.actorEmail}`)}${entry.runId === null ? '' : `  run ${entry.runId}`}`,
    ...(reason === null ? [] : [`  why: ${safeText(reason)}`]),
    ...(entry.sourceUrl === null ? [] : [`  from ${safeText(entry.sourceUrl)}`]),
    safeText(`  verdict: ${verdictText(change)}`),
    ...(undoneByRunId === null ? [] : [`  undone by run ${undoneByRunId}`]),
    ...(gaps.length === 0
      ? []
      : [safeText(`  changed outside the audit log before this change: ${gaps.join(', ')}`)]),
    '',
    textTable(
      [
        { title: 'FIELD' },
        { title: 'WAS', flexible: true },
        { title: 'NOW', flexible: true },
        { title: 'LATER', flexible: true },
      ],
      entryTable(entry, options).map((row) =>
        row.kind === 'value'
          ? [row.field, row.old, row.new, later.get(row.field) ?? '']
          : [row.field, '', row.kind === 'm2m' ? `${row.operation} ${row.objects.join(', ')}` : row.text, ''],
      ),
      terminalWidth(),
    ),
    ...(gone === null ? [] : [safeText(gone)]),
    '',
    style('bold', 'History'),
    ...change.history.entries.map((each) => `  ${historyLine(each)}`),
    '',
    ...undoLines(change),
  ].join('\n');
}

/** What fields hold by now, and by whom: only of those that somebody wrote since. */
function laterTexts({ entry, since }: ChangeView, options: RenderOptions): Map<string, string> {
  const changes = Object.fromEntries([...since].map(([field, { value }]) => [field, [null, value]]));
  return new Map(
    entryTable({ model: entry.model, changes }, options).map((row) => {
      const author = since.get(row.field)?.author ?? null;
      // Who wrote outside the audit log is not known; an undo gives a field back to whoever wrote its value before.
      const by = author === null ? '' : `, by ${author.actorEmail} (#${author.entryId})`;
      return [row.field, `${row.kind === 'value' ? row.new : ''}${by}`];
    }),
  );
}

function verdictText({ verdict, ownVerdict: own }: ChangeView): string {
  if (verdict === null) return 'none';
  if (own === null) return `${verdict}, as its run`;
  return `${verdict} by ${own.givenByEmail}${own.note === null ? '' : `: ${own.note}`}`;
}

function undoLines({ entry, undoable }: ChangeView): string[] {
  if (entry.action === 'access') return [];
  if (undoable.kind === 'nothing') return [nothingToUndo];
  return [`Undo:   npm run undo -- --change=${entry.id} --reason="…"`];
}
