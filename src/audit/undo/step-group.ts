import type { Sequelize, Transaction } from 'sequelize';
import type { Registration } from '../registration.ts';
import type { UndoStep } from './undo-plan.ts';

/** Steps of one kind and model that are written together. */
export interface StepGroup {
  readonly sequelize: Sequelize;
  readonly planId: string;
  readonly registration: Registration;
  readonly steps: readonly UndoStep[];
  readonly transaction: Transaction;
}
