import { QueryTypes, type Sequelize } from 'sequelize';
import type { FieldChanges } from '../changes.ts';
import { type LogAction, logActions } from '../log-action.ts';

export interface OrderedEntry {
  id: string;
  objectId: string;
  action: LogAction;
  changes: FieldChanges;
}

/** How many entries are held in memory at a time. */
const pageSize = 500;

/**
 * The entries of one record, or of all records of a model one record after the other, each from its first to
 * the last at or before a time, or up to an entry. A record's entries are in the order of their ids, because each is written
 * while its row is locked.
 */
export async function* entriesInOrder(
  sequelize: Sequelize,
  of: { model: string; objectId?: string | undefined },
  upTo: Date | { readonly entryId: string },
): AsyncGenerator<OrderedEntry> {
  let last = { objectId: of.objectId ?? '', id: '0' };
  for (;;) {
    const rows = await sequelize.query<Omit<OrderedEntry, 'action'> & { action: number }>(
      `SELECT id, object_id AS "objectId", action, changes FROM log_entries
       WHERE model = $1 AND (object_id, id) > ($2, $3::bigint) AND ${upTo instanceof Date ? 'timestamp <= $4' : 'id <= $4::bigint'}
         ${of.objectId === undefined ? '' : 'AND object_id = $2'}
       ORDER BY model, object_id, id
       LIMIT ${pageSize}`,
      {
        bind: [of.model, last.objectId, last.id, upTo instanceof Date ? upTo : upTo.entryId],
        type: QueryTypes.SELECT,
      },
    );
    for (const row of rows) yield { ...row, action: logActions[row.action] ?? 'access' };
    const lowest = rows.at(-1);
    if (lowest === undefined || rows.length < pageSize) return;
    last = lowest;
  }
}
