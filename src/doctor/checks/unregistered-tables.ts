import { QueryTypes, type Sequelize } from 'sequelize';
import { type Registration, sqlName } from '../../audit/index.ts';
import { bookKeepingTables } from '../book-keeping-tables.ts';
import type { Check } from '../check.ts';

interface Table {
  schema: string;
  name: string;
}

/** Tables whose rows nobody can account for: they have a key and rows, and are neither registered nor book-keeping. */
export const unregisteredTables: Check = {
  name: 'unregistered-tables',
  needsTables: true,
  run: async ({ sequelize, registrations }) => {
    const found: string[] = [];
    for (const table of await unknownTables(sequelize, registrations))
      if (await hasRows(sequelize, table)) found.push(table.name);
    if (found.length === 0)
      return [{ level: 'ok', message: 'All tables that are written to are audited, or are book-keeping.' }];
    return found.map((name) => ({
      level: 'notice' as const,
      message: `The table "${name}" has rows, and no model of it is registered: who writes there is not recorded.`,
      mend: 'Register its model in src/models/define-models.ts, or list it in src/doctor/book-keeping-tables.ts.',
    }));
  },
};

/** Where the log is. What extensions brought along is theirs. */
async function unknownTables(sequelize: Sequelize, registrations: readonly Registration[]): Promise<Table[]> {
  const known = [...registrations.map(({ model }) => tableName(model.getTableName())), ...bookKeepingTables];
  return await sequelize.query<Table>(
    `SELECT nspname AS schema, relname AS name
     FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
     WHERE relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'log_entries'::regclass)
       AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> ALL ($1)
       AND EXISTS (SELECT FROM pg_index WHERE indrelid = pg_class.oid AND indisprimary)
       AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid
                       AND deptype = 'e')
     ORDER BY relname`,
    { bind: [known], type: QueryTypes.SELECT },
  );
}

async function hasRows(sequelize: Sequelize, { schema, name }: Table): Promise<boolean> {
  const [row] = await sequelize.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM ${sqlName(schema, name)}) AS found`,
    { type: QueryTypes.SELECT },
  );
  return row?.found === true;
}

function tableName(table: string | { tableName: string }): string {
  return typeof table === 'string' ? table : table.tableName;
}
