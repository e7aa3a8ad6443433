import type { Sequelize } from 'sequelize';
import type { Registration } from '../registration.ts';
import type { DraftStep } from './draft-steps.ts';
import { type PointingRow, pointingRows } from './pointing-rows.ts';

/**
 * Keeps created records that others point to. A row that the plan itself removes, or whose pointing field it
 * changes to something else, does not count. What is kept may in turn be what another record is kept for.
 */
export async function keepReferenced(
  sequelize: Sequelize,
  steps: DraftStep[],
  registrations: readonly Registration[],
): Promise<void> {
  const byRecord = new Map(steps.map((step) => [recordText(step.model, step.objectId), step]));
  const removals = Map.groupBy(
    steps.filter(({ kind }) => kind === 'remove'),
    ({ model }) => model,
  );
  const pointing: (PointingRow & { step: DraftStep })[] = [];
  for (const [model, ofModel] of removals) {
    const registration = registrations.find(({ modelName }) => modelName === model);
    if (registration === undefined) continue;
    const ids = ofModel.map(({ objectId }) => objectId);
    for (const row of await pointingRows(sequelize, registration, ids, registrations)) {
      const step = byRecord.get(recordText(model, row.target));
      if (step !== undefined) pointing.push({ ...row, step });
    }
  }
  const lets = ({ model, objectId, field, link }: PointingRow): boolean => {
    const step = model === null ? undefined : byRecord.get(recordText(model, objectId ?? ''));
    if (step === undefined || step.kind === 'remove') return step !== undefined;
    return step.fields.some((change) =>
      link === null
        ? change.field === field
        : change.field === link.alias && Array.isArray(change.now) && change.now.includes(link.relatedId),
    );
  };
  for (;;) {
    const standing = pointing.filter((row) => row.step.kind === 'remove' && !lets(row));
    if (standing.length === 0) return;
    for (const [step, rows] of Map.groupBy(standing, (row) => row.step)) keep(step, rows);
  }
}

function keep(step: DraftStep, rows: readonly PointingRow[]): void {
  const names = [...new Set(rows.map(({ model, table }) => model ?? table))].join(', ');
  step.kind = 'none';
  step.fields = [];
  step.conflicts.push({
    field: null,
    reason: 'referenced',
    actorEmail: null,
    entryId: null,
    value: null,
    message: `It is kept: ${rows.length === 1 ? 'a record points' : `${rows.length} records point`} to it (${names}).`,
  });
}

function recordText(model: string, objectId: string): string {
  return JSON.stringify([model, objectId]);
}
