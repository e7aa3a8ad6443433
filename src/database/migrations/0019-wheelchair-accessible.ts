import type { Migration } from '../migrate.ts';

/** Whether a place can be reached and used in a wheelchair; null when nobody says so. */
export const up: Migration['up'] = async ({ sequelize, transaction }) => {
  await sequelize.query('ALTER TABLE places ADD COLUMN wheelchair_accessible boolean', { transaction });
};
