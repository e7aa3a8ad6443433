import type { Sequelize } from 'sequelize';
import type { Registration } from '../registration.ts';
import type { DraftStep } from './draft-steps.ts';
import type { ForeignKeys } from './foreign-keys.ts';
import { pointingRows } from './pointing-rows.ts';
import { referencedConflict } from './referenced-conflict.ts';

/** What points to a created record, and whether the plan takes that away. */
interface Pointing {
  readonly target: DraftStep;
  readonly model: string | null;
  readonly table: string;
  isGoing(): boolean;
}

/**
 * Keeps created records that others point to, or will point to when their old values return. A row that the plan
 * itself removes, or whose pointing field it changes to something else, does not count. What is kept may in turn be
 * what another record is kept for; what was changed of it since it was made is still taken back.
 */
export async function keepReferenced(
  sequelize: Sequelize,
  steps: readonly DraftStep[],
  registrations: readonly Registration[],
  foreignKeys: ForeignKeys,
): Promise<void> {
  const byRecord = new Map(steps.map((step) => [recordText(step.model, step.objectId), step]));
  const now = await pointingNow(sequelize, steps, registrations, byRecord);
  for (;;) {
    // What was kept in the last round gets old values back too.
    const pointing = [...now, ...pointingThen(steps, foreignKeys, byRecord)];
    const standing = pointing.filter(({ target, isGoing }) => target.kind === 'remove' && !isGoing());
    if (standing.length === 0) return;
    for (const [step, rows] of Map.groupBy(standing, ({ target }) => target)) keep(step, rows);
  }
}

async function pointingNow(
  sequelize: Sequelize,
  steps: readonly DraftStep[],
  registrations: readonly Registration[],
  byRecord: ReadonlyMap<string, DraftStep>,
): Promise<Pointing[]> {
  const removals = Map.groupBy(
    steps.filter(({ kind }) => kind === 'remove'),
    ({ model }) => model,
  );
  const pointing: Pointing[] = [];
  for (const registration of registrations) {
    const ids = (removals.get(registration.modelName) ?? []).map(({ objectId }) => objectId);
    if (ids.length === 0) continue;
    for (const row of await pointingRows(sequelize, registration, ids, registrations)) {
      const target = byRecord.get(recordText(registration.modelName, row.target));
      if (target === undefined) continue;
      const { model, objectId, field, link, table } = row;
      const step = model === null ? undefined : byRecord.get(recordText(model, objectId ?? ''));
      const isGoing = () => {
        if (step === undefined || step.kind === 'remove') return step !== undefined;
        return step.fields.some((change) =>
          link === null
            ? change.field === field
            : change.field === link.alias && Array.isArray(change.now) && change.now.includes(link.relatedId),
        );
      };
      pointing.push({ target, model, table, isGoing });
    }
  }
  return pointing;
}

/** Values that return and point to a record that is to be removed. */
function pointingThen(
  steps: readonly DraftStep[],
  foreignKeys: ForeignKeys,
  byRecord: ReadonlyMap<string, DraftStep>,
): Pointing[] {
  return steps.flatMap((step) => {
    if (step.kind !== 'restore' && step.kind !== 'recreate') return [];
    return step.fields.flatMap(({ field, was }): Pointing[] => {
      const model = foreignKeys.get(step.model)?.get(field);
      const target = model === undefined ? undefined : byRecord.get(recordText(model, String(was)));
      if (target === undefined) return [];
      return [{ target, model: step.model, table: step.model, isGoing: () => false }];
    });
  });
}

function keep(step: DraftStep, rows: readonly Pointing[]): void {
  const { ifKept } = step;
  step.kind = ifKept?.kind ?? 'none';
  step.fields = ifKept?.fields ?? [];
  step.alreadyUndone = ifKept?.alreadyUndone ?? [];
  step.conflicts = [...step.conflicts, referencedConflict(rows), ...(ifKept?.conflicts ?? [])];
}

function recordText(model: string, objectId: string): string {
  return JSON.stringify([model, objectId]);
}
