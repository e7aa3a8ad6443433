import type { Sequelize, Transaction } from 'sequelize';

const foreignKeys: Readonly<Record<string, string>> = { Place: 'place_id', Event: 'event_id' };

/**
 * Lets the next crawl look anew at what sources say of a record, although their pages have not changed: what was
 * refused before may be written now.
 */
export async function askAgain(
  sequelize: Sequelize,
  { model, objectId }: { model: string; objectId: string },
  transaction: Transaction,
): Promise<void> {
  const foreignKey = foreignKeys[model];
  if (foreignKey === undefined) return;
  await sequelize.query(
    `UPDATE source_records SET content_hash = gen_random_uuid() WHERE ${foreignKey} = $1`,
    { bind: [objectId], transaction },
  );
}
