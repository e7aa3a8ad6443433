import type { Sequelize } from 'sequelize';
import {
  entryTable,
  type LogEntryFilter,
  type LogEntryRow,
  loadLabels,
  type RenderOptions,
} from '../../../audit/read/index.ts';
import { type LabelsAndVerdicts, Run, streamChanges } from '../../../runs/index.ts';
import { fieldChange, type Html, html, timeElement } from '../../html.ts';
import { verdictBadge } from './verdicts.ts';

/** Values longer than this are cut in lists; the page of the change has them in full. */
const longestValue = 160;
const mostFields = 8;

/** What happened to a record, as people say it. */
export const actionWords = {
  create: 'created',
  update: 'changed',
  delete: 'deleted',
  access: 'looked at',
} as const;

/** How lists show values: cut, with times in UTC. */
export const listOptions = { limit: longestValue, timeZone: 'UTC' } as const;

/**
 * Entries as rows, each with what it changed.
 *
 * @param wanted fields that are shown first; all when there are none
 * @param selectable whether each row has a checkbox named `id`
 */
export function entryList(
  entries: readonly LogEntryRow[],
  { labelOf, verdicts }: LabelsAndVerdicts,
  { wanted = [], selectable = false }: { wanted?: readonly string[]; selectable?: boolean } = {},
): Html {
  const options = { ...listOptions, labelOf };
  return html`<ol class="rows">${entries.map(
    (entry) => html`<li class="row" id="change-${entry.id}" data-row>
    ${
      selectable
        ? html`<input type="checkbox" name="id" value="${entry.id}" data-select aria-label="Select change ${entry.id}" />`
        : html`<span></span>`
    }
    <div class="body">
      <a href="/review/changes/${entry.id}" data-open>${entry.model} ${entry.objectLabel}</a> <span class="faint">${actionWords[entry.action]}</span>
      ${verdicts.has(entry.id) ? verdictBadge(verdicts.get(entry.id) ?? null) : ''}
      <ul class="changes">${fieldRows(entry, options, wanted)}</ul>
      <p class="meta">${entry.actorEmail}, ${timeElement(entry.timestamp)}${
        entry.runId === null ? '' : html`, <a href="/review/runs/${entry.runId}">run ${entry.runId}</a>`
      }, <a href="${recordPath(entry)}">history</a></p>
    </div>
  </li>`,
  )}</ol>`;
}

/** The page of a record's history. */
export function recordPath({ model, objectId }: Pick<LogEntryRow, 'model' | 'objectId'>): string {
  return `/review/records/${encodeURIComponent(model)}/${encodeURIComponent(objectId)}`;
}

function fieldRows(entry: LogEntryRow, options: RenderOptions, wanted: readonly string[]): Html {
  const rows = entryTable(entry, options).filter(
    ({ field }) => wanted.length === 0 || wanted.includes(field),
  );
  const more = rows.length - mostFields;
  return html`${rows.slice(0, mostFields).map((row) => html`<li>${row.name}: ${fieldChange(row, entry.action)}</li>`)}
    ${more > 0 ? html`<li class="faint">and ${more} more ${more === 1 ? 'field' : 'fields'}</li>` : ''}`;
}

interface LabelledRecord {
  readonly model: string;
  readonly objectId: string;
  /** What it was called when it was noted. */
  readonly objectLabel: string;
}

/** What records are called now; those that are gone, what they were called when they were noted. */
export async function presentLabels(
  records: readonly LabelledRecord[],
): Promise<(record: LabelledRecord) => string> {
  const needed = new Map<string, Set<string>>();
  for (const { model, objectId } of records)
    needed.set(model, (needed.get(model) ?? new Set()).add(objectId));
  const labelOf = await loadLabels(needed);
  return ({ model, objectId, objectLabel }) => labelOf(model, objectId) ?? objectLabel;
}

/** A feed shows what is new: it looks at no more changes than these. */
const mostChanges = 10_000;

/** The runs that made changes which fit, the newest first: two thousand changes of one run are one run. */
export async function* runsOfChanges(sequelize: Sequelize, filter: LogEntryFilter): AsyncGenerator<Run> {
  const seen = new Set<string>();
  for await (const { entry } of streamChanges(sequelize, filter, mostChanges)) {
    if (entry.runId === null || seen.has(entry.runId)) continue;
    seen.add(entry.runId);
    const run = await Run.findByPk(entry.runId);
    if (run !== null) yield run;
  }
}
