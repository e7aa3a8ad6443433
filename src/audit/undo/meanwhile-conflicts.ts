import { fieldAuthors, fieldKey } from '../reading/field-authors.ts';
import type { RecordedValues } from '../reading/replay.ts';
import type { StepGroup } from './step-group.ts';
import type { UndoConflict, UndoField, UndoStep } from './undo-plan.ts';

/** What is left of a step when its record is looked at under lock. */
export interface StepUnderLock {
  /** Fields that still hold what is to be taken back. */
  standing: readonly UndoField[];
  /** Fields that do not any more. */
  lost: readonly UndoField[];
  /** Null when the record does not exist. */
  present: RecordedValues | null;
}

/** Turns what was changed since the plan was made into conflicts that name who did it. */
export async function meanwhileConflicts(
  { sequelize, transaction }: StepGroup,
  steps: readonly UndoStep[],
  look: (step: UndoStep) => StepUnderLock,
): Promise<UndoStep[]> {
  const looked = steps.map((step) => ({ step, ...look(step) }));
  const lost = looked.flatMap(({ step, lost: fields }) => fields.map(({ field }) => ({ ...step, field })));
  const authors = await fieldAuthors(sequelize, lost, transaction);
  return looked.map(({ step, standing, lost: fields, present }) => {
    const conflicts = fields.map(({ field }): UndoConflict => {
      const author = authors.get(fieldKey({ ...step, field }));
      const [actorEmail, entryId] = [author?.actorEmail ?? null, author?.entryId ?? null];
      const who = actorEmail ?? 'Somebody';
      return present === null
        ? { field, reason: 'deleted', actorEmail, entryId, value: null, message: `${who} deleted it since.` }
        : {
            ...{ field, reason: 'changed', actorEmail, entryId, value: present[field] ?? null },
            message: `${who} changed ${field} since.`,
          };
    });
    return {
      ...step,
      fields: standing,
      conflicts: [...step.conflicts, ...conflicts],
      state: standing.length > 0 ? 'done' : 'skipped',
    };
  });
}
