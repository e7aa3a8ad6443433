import type { Sequelize, Transaction } from 'sequelize';
import { databaseErrorCode } from '../../database/database-error-code.ts';
import { HotspotsError } from '../../errors.ts';
import { skipped } from './meanwhile-conflicts.ts';
import { recreateRecords } from './recreate-records.ts';
import { registrationsOf } from './registrations-of.ts';
import { removeRecords } from './remove-records.ts';
import { restoreRecords } from './restore-records.ts';
import type { UndoConflict, UndoStep } from './undo-plan.ts';

const writers = { recreate: recreateRecords, restore: restoreRecords, remove: removeRecords } as const;

/**
 * Carries steps out in their order.
 *
 * @returns the steps as they turned out: what met a conflict in the meantime is left alone
 */
export async function applySteps(
  sequelize: Sequelize,
  planId: string,
  steps: readonly UndoStep[],
  transaction: Transaction,
): Promise<UndoStep[]> {
  const outcomes: UndoStep[] = [];
  for (const group of consecutive(steps)) {
    const [first] = group;
    const registration = registrationsOf(sequelize).find(({ modelName }) => modelName === first?.model);
    if (first === undefined || first.kind === 'none' || registration === undefined) {
      outcomes.push(...group.map(withoutModel));
      continue;
    }
    const write = writers[first.kind];
    outcomes.push(
      ...(await inSavepoints(sequelize, group, transaction, (part, savepoint) =>
        write({ sequelize, planId, registration, steps: part, transaction: savepoint }),
      )),
    );
  }
  return outcomes;
}

function withoutModel(step: UndoStep): UndoStep {
  const conflict = {
    field: null,
    reason: 'unrecorded',
    actorEmail: null,
    entryId: null,
    value: null,
  } as const;
  return skipped(step, [{ ...conflict, message: `The model ${step.model} is not registered any more.` }]);
}

function consecutive(steps: readonly UndoStep[]): UndoStep[][] {
  const groups: UndoStep[][] = [];
  for (const step of steps) {
    const group = groups.at(-1);
    if (group?.[0]?.kind === step.kind && group[0].model === step.model) group.push(step);
    else groups.push([step]);
  }
  return groups;
}

/**
 * All at once; where the database refuses that, one by one, so that only what it refuses is left alone. What is
 * refused may be taken once another step has made way, as where a unique value was passed on.
 */
async function inSavepoints(
  sequelize: Sequelize,
  steps: readonly UndoStep[],
  transaction: Transaction,
  write: (steps: readonly UndoStep[], savepoint: Transaction) => Promise<UndoStep[]>,
): Promise<UndoStep[]> {
  const attempt = async (part: readonly UndoStep[]): Promise<UndoStep[] | string> => {
    try {
      return await sequelize.transaction({ transaction }, (savepoint) => write(part, savepoint));
    } catch (error) {
      const reason = refusalOf(error);
      if (reason === null) throw error;
      return reason;
    }
  };
  const all = await attempt(steps);
  if (typeof all !== 'string') return all;
  const outcomes: UndoStep[] = [];
  for (let left = steps; left.length > 0; ) {
    const again: { step: UndoStep; reason: string }[] = [];
    for (const step of left) {
      const outcome = await attempt([step]);
      if (typeof outcome === 'string') again.push({ step, reason: outcome });
      else outcomes.push(...outcome);
    }
    if (again.length === left.length)
      return [...outcomes, ...again.map(({ step, reason }) => refused(step, reason))];
    left = again.map(({ step }) => step);
  }
  return outcomes;
}

/** Why the database did not take a value; null for errors that are none of a value. */
function refusalOf(error: unknown): string | null {
  const cause = error instanceof HotspotsError ? error.cause : error;
  const isConstraint = databaseErrorCode(cause)?.startsWith('23') === true;
  return isConstraint && cause instanceof Error ? cause.message : null;
}

const mostAttempts = 3;

/** Put back behind the other steps, until it was refused often enough. */
function refused(step: UndoStep, reason: string): UndoStep {
  const attempts = step.attempts + 1;
  if (attempts < mostAttempts) return { ...step, attempts };
  const conflict: UndoConflict = {
    ...{ field: null, reason: 'refused', actorEmail: null, entryId: null, value: null },
    message: `The database refused it: ${reason}.`,
  };
  return { ...skipped(step, [conflict]), attempts };
}
