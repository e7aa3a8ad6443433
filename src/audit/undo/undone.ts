import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { currentContext, runInContext } from '../actors.ts';
import type { FieldChanges } from '../log-entry.ts';
import type { JsonValue } from '../values.ts';
import { entriesOfStep, type StepGroup, type UndoneValue, type UndoStep } from './undo-plan.ts';

/** Who wrote a value that an undo brings back, and in which entry. */
export interface ValueAuthor {
  readonly actorEmail: string;
  readonly entryId: string;
}

/** By field; null for a value that nobody wrote. */
export type FieldAuthors = Readonly<Record<string, ValueAuthor | null>>;

/** What each entry of an undo carries as `extra`: the plan, the entries it takes back, whose values return. */
export function undoExtra(
  planId: string,
  step: Pick<UndoStep, 'fields'> & Partial<Pick<UndoStep, 'firstEntryId' | 'lastEntryId'>>,
): { undo: JsonValue } {
  return {
    undo: {
      planId,
      entries: entriesOfStep(step),
      authors: Object.fromEntries(
        step.fields.map(({ field, author }) => [field, author === null ? null : { ...author }]),
      ),
    },
  };
}

/** Runs `work` so that its log entries name the plan and what the step takes back. */
export function inUndoOf(
  step: Parameters<typeof undoExtra>[1],
  { planId }: Pick<StepGroup, 'planId'>,
  work: () => Promise<void>,
): Promise<void> {
  const context = currentContext();
  if (context === undefined) return work();
  return runInContext({ ...context, extra: { ...context.extra, ...undoExtra(planId, step) } }, work);
}

interface TakenBack {
  id: string;
  runId: string | null;
  changes: FieldChanges;
}

/** What steps have taken back: each value that an entry wrote. A deletion wrote null. */
export async function undoneValues(
  sequelize: Sequelize,
  steps: readonly UndoStep[],
  transaction: Transaction,
): Promise<UndoneValue[]> {
  const done = steps.filter(({ state }) => state === 'done');
  const ids = new Set(done.flatMap(entriesOfStep));
  const rows = await sequelize.query<TakenBack>(
    'SELECT id, run_id AS "runId", changes FROM log_entries WHERE id = ANY($1::bigint[])',
    { bind: [[...ids]], type: QueryTypes.SELECT, transaction },
  );
  const entries = new Map(rows.map((entry) => [entry.id, entry]));
  return done.flatMap(({ kind, model, objectId, objectLabel, fields }) =>
    fields.flatMap(({ field, was, entryIds }) =>
      entryIds.flatMap((entryId) => {
        const entry = entries.get(entryId);
        const change = entry?.changes[field];
        const value = Array.isArray(change) ? (change[1] ?? null) : null;
        if (entry === undefined) return [];
        return [
          { kind, model, objectId, objectLabel, field, value, restored: was, entryId, runId: entry.runId },
        ];
      }),
    ),
  );
}
