import type { Sequelize } from 'sequelize';
import { auditlog } from '../auditlog.ts';
import type { Registration } from '../registration.ts';

/** The registered models that are bound to this database. */
export function registrationsOf(sequelize: Sequelize): Registration[] {
  return auditlog.registrations().filter(({ model }) => model.sequelize === sequelize);
}
