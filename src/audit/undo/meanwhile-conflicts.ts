import type { RecordedValues } from '../reading/replay.ts';
import { type LaterEntry, laterEntries } from './later-entries.ts';
import type { StepGroup } from './step-group.ts';
import type { UndoConflict, UndoField, UndoStep } from './undo-plan.ts';

/** What a step finds when its record is looked at under lock. */
export interface StepUnderLock {
  /** Null when the record does not exist. */
  present: RecordedValues | null;
  /** Whether a field still holds what is to be taken back. */
  isStanding(field: UndoField): boolean;
}

/**
 * Looks at records again under lock. What was written to them since the plan was made, by the log or past it, stays:
 * it becomes a conflict that names who wrote it, also when it is the value that was there before.
 *
 * @param whole whether a step is done as a whole or not at all
 */
export async function meanwhileConflicts(
  { sequelize, planId, transaction, steps }: StepGroup,
  whole: boolean,
  look: (step: UndoStep) => StepUnderLock,
): Promise<UndoStep[]> {
  const later = await laterEntries(sequelize, planId, steps, transaction);
  return steps.map((step) => {
    const { present, isStanding } = look(step);
    const entries = later.get(step.position) ?? [];
    const lost = step.fields.flatMap((field) => conflictOf(field, entries, present, isStanding(field)) ?? []);
    if (whole) {
      const edit = entries.at(-1);
      const conflict = edit === undefined ? lost[0] : editedSince(step, edit);
      return conflict === undefined ? done(step) : skipped(step, [conflict]);
    }
    const names = new Set(lost.map(({ field }) => field));
    const fields = step.fields.filter(({ field }) => !names.has(field));
    const outcome = { ...step, fields, conflicts: [...step.conflicts, ...lost] };
    return { ...outcome, state: fields.length > 0 ? 'done' : 'skipped' };
  });
}

function conflictOf(
  { field }: UndoField,
  entries: readonly LaterEntry[],
  present: RecordedValues | null,
  isStanding: boolean,
): UndoConflict | null {
  const touching = entries.filter(({ action, fields }) => action !== 'update' || fields.includes(field));
  const newest = touching.at(-1);
  if (newest === undefined && isStanding) return null;
  const value = present?.[field] ?? null;
  const by = { actorEmail: newest?.actorEmail ?? null, entryId: newest?.id ?? null };
  const who = newest?.actorEmail ?? 'Somebody';
  if (present === null)
    return { field, reason: 'deleted', ...by, value, message: `${who} deleted it since.` };
  return newest === undefined
    ? { field, reason: 'unrecorded', ...by, value, message: `${field} was changed past the log.` }
    : { field, reason: 'changed', ...by, value, message: `${who} changed ${field} since.` };
}

function editedSince({ kind }: UndoStep, { actorEmail, id, action }: LaterEntry): UndoConflict {
  const by = { field: null, actorEmail, entryId: id, value: null };
  if (kind === 'recreate')
    return { ...by, reason: 'changed', message: `It exists again, or did: ${actorEmail} made it since.` };
  return action === 'delete'
    ? { ...by, reason: 'deleted', message: `${actorEmail} deleted it since.` }
    : { ...by, reason: 'edited', message: `It is kept: ${actorEmail} edited it since.` };
}

function done(step: UndoStep): UndoStep {
  return { ...step, state: 'done' };
}

export function skipped(step: UndoStep, conflicts: readonly UndoConflict[]): UndoStep {
  return { ...step, state: 'skipped', conflicts: [...step.conflicts, ...conflicts] };
}
