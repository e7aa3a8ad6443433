import type { Model, ModelStatic, Sequelize } from 'sequelize';
import { HotspotsError } from '../errors.ts';

/** @throws HotspotsError AUDIT_OPTION_INVALID for a model that was not initialised. */
export function sequelizeOf(model: ModelStatic<Model>): Sequelize {
  if (model.sequelize) return model.sequelize;
  throw new HotspotsError(
    'AUDIT_OPTION_INVALID',
    `${model.name} is not bound to a database. Call ${model.name}.init before it is registered or written.`,
  );
}
