import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sequelize } from 'sequelize';
import { createUser } from '../../../src/accounts/users.ts';
import { resolveAutomatedActor, withSystemActor } from '../../../src/audit/actors.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { connectSequelize } from '../../../src/database/open-database.ts';
import { openSession } from '../../../src/database/session.ts';
import type { CheckContext } from '../../../src/doctor/check.ts';
import { type JobQueue, openJobQueue } from '../../../src/jobs/queue.ts';
import { bindModels } from '../../../src/models.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';

export const adminEmail = 'ana@example.org';

/** A database of which every check says that all is well. */
export interface WellDatabase extends AsyncDisposable {
  readonly context: CheckContext;
  /** What the database is called on its server. */
  readonly name: string;
  /** The same database, where nothing can be written. */
  readonly readOnly: Sequelize;
  readonly queue: JobQueue;
  /** Runs SQL as the system user: some of the tables are audited. */
  sql(text: string): Promise<unknown>;
  /** Runs SQL as somebody at psql does. */
  outside(text: string): Promise<void>;
  /** Removes log entries, as only retention may. */
  forget(where: string): Promise<void>;
  /** Writes a file of sources and gives its path. */
  sourcesFile(name: string, text: string): Promise<string>;
}

export async function openWellDatabase(): Promise<WellDatabase> {
  const database = await createTestDatabase();
  const { sequelize } = database;
  await bindModels(database);
  await resolveAutomatedActor('scraper');
  await withSystemActor(() =>
    createUser({ email: adminEmail, role: 'admin', password: 'correct horse battery staple' }),
  );
  const readOnly = connectSequelize(`${database.url}?options=-cdefault_transaction_read_only%3Don`, 1);
  const queue = await openJobQueue(database, { isWorker: true });
  const folder = await temporaryFolder();
  await mkdir(path.join(folder.path, 'archives'));
  await writeFile(path.join(folder.path, 'archives', 'town.warc.gz'), Buffer.alloc(3_000_000, 1));
  const sourcesFile = async (name: string, text: string) => {
    const file = path.join(folder.path, name);
    await writeFile(file, text);
    return file;
  };
  return {
    context: {
      sequelize,
      registrations: auditlog.registrations(),
      now: () => new Date(),
      storageFolder: folder.path,
      diskOf: async () => ({ free: 80e9, size: 100e9 }),
      retentionMonths: undefined,
      sourcesFile: await sourcesFile('sources.yaml', library),
      browserPaths: async () => ['/nowhere/chromium', process.execPath],
    },
    name: sequelize.config.database ?? '',
    readOnly,
    queue,
    sourcesFile,
    sql: (text) => withSystemActor(() => sequelize.query(text)),
    outside: async (text) => {
      const session = await openSession(sequelize);
      try {
        await session.query(text);
      } finally {
        await session.end();
      }
    },
    forget: (where) =>
      sequelize.transaction(async (transaction) => {
        await sequelize.query('SET LOCAL hotspots.retention = on', { transaction });
        await sequelize.query(`DELETE FROM log_entries WHERE ${where}`, { transaction });
      }),
    [Symbol.asyncDispose]: async () => {
      await queue.close();
      await folder[Symbol.asyncDispose]();
      await readOnly.close();
      await database.close();
    },
  };
}

const library =
  'sources:\n  - name: library\n    spider: events\n    startUrls: [https://library.example/]\n';
