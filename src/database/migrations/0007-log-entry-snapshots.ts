import type { Migration } from '../migrate.ts';

/** The whole row beside an entry, for models that ask for it. */
export const up: Migration['up'] = async ({ sequelize, transaction }) => {
  await sequelize.query('ALTER TABLE log_entries ADD COLUMN snapshot jsonb', { transaction });
};
