import { QueryTypes, type Sequelize } from 'sequelize';
import { checkTriggers, type Registration, sqlName } from '../../audit/index.ts';
import { retentionStart } from '../../audit/proof/index.ts';
import { lastPrune } from '../../audit/read/index.ts';
import { onlyRow } from '../../database/only-row.ts';
import { firstEntryInUse } from '../../runs/index.ts';
import { bookKeepingTables, type Check, type Finding } from '../check.ts';

/** The task runs monthly, and removes only what is sealed: what is older by so many days was left over. */
const graceDays = 40;

/** Whether log entries that are to be removed are. */
export const retention: Check = {
  name: 'retention',
  needsTables: true,
  run: async ({ sequelize, now, retentionMonths }) => {
    if (retentionMonths === undefined) return [{ level: 'ok', message: 'Log entries are kept for ever.' }];
    const due = new Date(retentionStart(now(), retentionMonths).getTime() - graceDays * 24 * 60 * 60 * 1000);
    const pruned = await lastPrune(sequelize);
    const [left] = await sequelize.query<{ timestamp: Date }>(
      `SELECT timestamp FROM log_entries WHERE timestamp < $1 AND id > $2 AND id < coalesce($3::bigint, id + 1)
       ORDER BY timestamp, id LIMIT 1`,
      {
        bind: [due, pruned?.lastId ?? '0', await firstEntryInUse(sequelize)],
        type: QueryTypes.SELECT,
      },
    );
    const last = pruned === null ? 'never yet' : `on ${pruned.prunedAt.toISOString().slice(0, 10)}`;
    const months = `${retentionMonths} month${retentionMonths === 1 ? '' : 's'}`;
    const rule = `Log entries are kept for ${months}; older ones were removed ${last}`;
    if (left === undefined) return [{ level: 'ok', message: `${rule}.` }];
    return [
      {
        level: 'problem',
        message: `${rule}, and there are some of ${left.timestamp.toISOString().slice(0, 10)}.`,
        mend: 'Keep a worker running, or: npm run hotspots -- audit seal, then npm run hotspots -- jobs run audit-prune',
      },
    ];
  },
};

/** How long an entry may stand unsealed, in days: a worker seals every 15 minutes, a crontab may do it nightly. */
const patienceDays = 2;

interface SealState {
  sealedAt: Date | null;
  /** When the oldest entry was written that no seal covers; null when all are sealed. */
  unsealedSince: Date | null;
}

/** How old the newest seal is, and whether entries wait for one. */
export const seals: Check = {
  name: 'seals',
  needsTables: true,
  run: async ({ sequelize, now }) => {
    const { sealedAt, unsealedSince } = onlyRow(
      await sequelize.query<SealState>(
        `SELECT seal.sealed_at AS "sealedAt", entry.timestamp AS "unsealedSince"
       FROM (SELECT) one
       LEFT JOIN LATERAL (SELECT sealed_at, last_id FROM log_seals ORDER BY id DESC LIMIT 1) seal ON true
       LEFT JOIN LATERAL (
         SELECT timestamp FROM log_entries WHERE id > coalesce(seal.last_id, 0) ORDER BY id LIMIT 1
       ) entry ON true`,
        { type: QueryTypes.SELECT },
      ),
    );
    const last =
      sealedAt === null
        ? 'The log was never sealed'
        : `The log was last sealed at ${sealedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
    const overdue = now().getTime() - patienceDays * 24 * 60 * 60 * 1000;
    if (unsealedSince === null || unsealedSince.getTime() >= overdue)
      return [{ level: 'ok', message: `${last}; no entry has waited for long.` }];
    return [
      {
        level: 'problem',
        message: `${last}; entries since ${unsealedSince.toISOString().slice(0, 10)} could be changed without a trace.`,
        mend: 'Keep a worker running, or: npm run hotspots -- audit seal',
      },
    ];
  },
};

/** Whether writes around the models are recorded, and the log cannot be changed. */
export const triggers: Check = {
  name: 'triggers',
  needsTables: true,
  run: async ({ sequelize, registrations }) => {
    const problems = await checkTriggers(sequelize, registrations);
    if (problems.length === 0)
      return [{ level: 'ok', message: 'The audit triggers are in place and the log is append-only.' }];
    return problems.map(({ message, kind }) => ({
      level: 'problem' as const,
      message,
      mend:
        kind === 'disabled'
          ? 'As the owner of the tables, run what is said here.'
          : 'Any other command puts it in place if DATABASE_URL names the owner of the tables: npm run review',
    }));
  },
};

const days = 30;

interface AuthorCount {
  email: string;
  entries: number;
  /** The id of the newest. */
  newest: string;
}

/** Writes of the last 30 days for which no person and no part of the program answers. */
export const unknownAuthors: Check = {
  name: 'unknown-authors',
  needsTables: true,
  run: async ({ sequelize, now }) => {
    const since = new Date(now().getTime() - days * 24 * 60 * 60 * 1000);
    const counts = await sequelize.query<AuthorCount>(
      `SELECT actor_email AS email, count(*)::int AS entries, max(id)::text AS newest FROM log_entries
       WHERE timestamp >= $1
         AND actor_email = ANY (ARRAY(SELECT 'unknown' UNION ALL SELECT 'database:' || rolname FROM pg_roles))
       GROUP BY actor_email ORDER BY actor_email`,
      { bind: [since], type: QueryTypes.SELECT },
    );
    if (counts.length > 0) return counts.map(describe);
    return [{ level: 'ok', message: `All log entries of the last ${days} days say who wrote.` }];
  },
};

function describe({ email, entries, newest }: AuthorCount): Finding {
  if (email === 'unknown') {
    return {
      level: 'problem',
      message: `Log entries of the last ${days} days without an author: ${entries}, the newest is ${newest}.`,
      mend: `Find the code, and enclose it in an actor context: npm run review -- show ${newest}`,
    };
  }
  return {
    level: 'notice',
    message: `${email.replace(':', ' role ')} wrote around the program in the last ${days} days: entries ${entries}.`,
    mend: `See what was written: npm run review -- --actor=${email}`,
  };
}

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
      mend: 'Register its model in src/models.ts, or list it in src/doctor/check.ts.',
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
  const { found } = onlyRow(
    await sequelize.query<{ found: boolean }>(
      `SELECT EXISTS (SELECT FROM ${sqlName(schema, name)}) AS found`,
      { type: QueryTypes.SELECT },
    ),
  );
  return found;
}

function tableName(table: string | { tableName: string }): string {
  return typeof table === 'string' ? table : table.tableName;
}
