import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sequelize } from 'sequelize';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createUser } from '../../src/accounts/create-user.ts';
import { auditlog } from '../../src/audit/auditlog.ts';
import { resolveAutomatedActor } from '../../src/audit/automated-actors.ts';
import { withSystemActor } from '../../src/audit/with-system-actor.ts';
import { connectSequelize } from '../../src/database/connect-sequelize.ts';
import type { Database } from '../../src/database/open-database.ts';
import { openSession } from '../../src/database/open-session.ts';
import type { CheckContext } from '../../src/doctor/check.ts';
import { checks } from '../../src/doctor/checks.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { runChecks } from '../../src/doctor/run-checks.ts';
import { deadLetters, type JobQueue, openJobQueue } from '../../src/jobs/open-job-queue.ts';
import { bindModels } from '../../src/models/bind-models.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/temporary-folder.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

let database: Database;
let sequelize: Sequelize;
let readOnly: Sequelize;
let queue: JobQueue;
let folder: TemporaryFolder;
let well: CheckContext;

const gigabyte = 1e9;
const minute = 60_000;
const day = 24 * 60 * minute;
const admin = 'ana@example.org';

beforeAll(async () => {
  database = await createTestDatabase();
  ({ sequelize } = database);
  readOnly = connectSequelize(`${database.url}?options=-cdefault_transaction_read_only%3Don`, 1);
  await bindModels(database);
  await resolveAutomatedActor('scraper');
  await withSystemActor(() =>
    createUser({ email: admin, role: 'admin', password: 'correct horse battery staple' }),
  );
  queue = await openJobQueue(database, { isWorker: true });
  folder = await temporaryFolder();
  await mkdir(path.join(folder.path, 'archives'));
  await writeFile(path.join(folder.path, 'archives', 'town.warc.gz'), Buffer.alloc(3_000_000, 1));
  well = {
    sequelize,
    registrations: auditlog.registrations(),
    now: () => new Date(),
    storageFolder: folder.path,
    diskOf: async () => ({ free: 80 * gigabyte, size: 100 * gigabyte }),
    retentionMonths: undefined,
    sourcesFile: await sourcesFile('sources.yaml', libraryOnly),
    browserPaths: async () => ['/nowhere/chromium', process.execPath],
  };
});
afterAll(async () => {
  await queue.close();
  await folder[Symbol.asyncDispose]();
  await readOnly.close();
  await database.close();
});

const libraryOnly =
  'sources:\n  - name: library\n    spider: events\n    startUrls: [https://library.example/]\n';

async function sourcesFile(name: string, text: string): Promise<string> {
  const file = path.join(folder.path, name);
  await writeFile(file, text);
  return file;
}

/** As the system user: some of the tables are audited. */
const sql = (text: string) => withSystemActor(() => sequelize.query(text));
/** As somebody at psql does. */
const outside = async (text: string) => {
  const session = await openSession(sequelize);
  try {
    await session.query(text);
  } finally {
    await session.end();
  }
};
const forget = (where: string) =>
  sequelize.transaction(async (transaction) => {
    await sequelize.query('SET LOCAL hotspots.retention = on', { transaction });
    await sequelize.query(`DELETE FROM log_entries WHERE ${where}`, { transaction });
  });
const later = (milliseconds: number) => ({ now: () => new Date(Date.now() + milliseconds) });
const crawl = (name: string, state: string, more = '', value = '') =>
  sql(`INSERT INTO runs (spider, source_name, request_key, actor_email, state, finished_at, error${more})
       VALUES ('events', '${name}', '${name}', 'x', '${state}', now(), 'Status 503 at the start page.'${value})`);
const deliver = (nextAttempt: string) =>
  sql(`WITH hook AS (
         INSERT INTO webhooks (url, secret, events)
         VALUES ('https://chat.example/hooks/T0PS3CRET', 'whsec_x', '{run.finished}') RETURNING id
       ), run AS (
         INSERT INTO runs (kind, actor_email, state, finished_at) VALUES ('undo', 'x', 'finished', now()) RETURNING id
       )
       INSERT INTO webhook_deliveries (webhook_id, run_id, event, body, attempts, last_error, next_attempt_at)
       SELECT hook.id, run.id, 'run.finished', '{}', 3, 'It answered with status 410.', ${nextAttempt} FROM hook, run`);
const hooksAway = async () => {
  await sql('DELETE FROM webhooks');
  await sql('DELETE FROM runs');
};

async function findingsOf(name: string, context: Partial<CheckContext> = {}): Promise<readonly Finding[]> {
  const results = await runChecks(
    checks.filter((check) => check.name === name),
    { ...well, ...context },
  );
  return results.flatMap(({ findings }) => findings);
}

interface Case {
  check: string;
  what: string;
  spoil?: () => Promise<unknown>;
  repair?: () => Promise<unknown>;
  context?: () => Partial<CheckContext> | Promise<Partial<CheckContext>>;
  finds: { level: Finding['level']; message: RegExp; mend: RegExp };
}

const cases: readonly Case[] = [
  {
    ...{ check: 'database', what: 'a server that cannot be written to' },
    context: () => ({ sequelize: readOnly }),
    finds: { level: 'problem', message: /cannot be written to/, mend: /primary/ },
  },
  {
    ...{ check: 'migrations', what: 'a migration that is not applied' },
    spoil: () => sql("DELETE FROM schema_migrations WHERE name = '0014-schedules'"),
    repair: () => sql("INSERT INTO schema_migrations (name) VALUES ('0014-schedules')"),
    finds: { level: 'problem', message: /not applied: 1, from 0014-schedules on/, mend: /npm run/ },
  },
  {
    ...{ check: 'clock', what: 'a clock that is ahead' },
    context: () => later(90_000),
    finds: { level: 'problem', message: /is (90|89) seconds ahead of the database/, mend: /NTP/ },
  },
  {
    ...{ check: 'clock', what: 'a clock that is behind' },
    context: () => later(-3600_000),
    finds: { level: 'problem', message: /is 3600 seconds behind the database/, mend: /NTP/ },
  },
  {
    ...{ check: 'triggers', what: 'a log that can be changed' },
    spoil: () => sql('ALTER TABLE log_entries DISABLE TRIGGER hotspots_append_only'),
    repair: () => sql('ALTER TABLE log_entries ENABLE ALWAYS TRIGGER hotspots_append_only'),
    finds: { level: 'problem', message: /log entries can be changed/, mend: /owner of the tables/ },
  },
  {
    ...{ check: 'unregistered-tables', what: 'a table that is written to and not audited' },
    spoil: () => sql('CREATE TABLE menus (id int PRIMARY KEY); INSERT INTO menus VALUES (1)'),
    repair: () => sql('DELETE FROM menus'),
    finds: { level: 'notice', message: /"menus" has rows/, mend: /Register its model/ },
  },
  {
    ...{ check: 'unknown-authors', what: 'an entry without an author' },
    spoil: () =>
      sql(`INSERT INTO log_entries (action, model, object_id, object_label, changes, actor_email)
           VALUES (1, 'Place', '1', 'Library', '{}', 'unknown')`),
    repair: () => forget("actor_email = 'unknown'"),
    finds: { level: 'problem', message: /without an author: 1,/, mend: /review -- show \d+$/ },
  },
  {
    ...{ check: 'unknown-authors', what: 'a write around the program' },
    spoil: () => outside("INSERT INTO places (name) VALUES ('Library')"),
    repair: () => forget("actor_email LIKE 'database:%'"),
    finds: {
      level: 'notice',
      message: /database role \w+ wrote around the program.*entries 1/,
      mend: /--actor=database:/,
    },
  },
  {
    ...{ check: 'automated-users', what: 'a system user who is active' },
    spoil: () => sql("UPDATE users SET is_active = true WHERE username = 'system'"),
    repair: () => sql("UPDATE users SET is_active = false WHERE username = 'system'"),
    finds: { level: 'problem', message: /system user .* is active/, mend: /users ensure/ },
  },
  {
    ...{ check: 'automated-users', what: 'a scraper user who has a password' },
    spoil: () => sql("UPDATE users SET password_hash = 'x' WHERE username = 'scraper'"),
    repair: () => sql("UPDATE users SET password_hash = NULL WHERE username = 'scraper'"),
    finds: { level: 'problem', message: /scraper user .* has a password/, mend: /users ensure/ },
  },
  {
    ...{ check: 'automated-users', what: 'a scraper user who is missing' },
    spoil: () => sql("UPDATE users SET email = 'other@vibemap.com' WHERE username = 'scraper'"),
    repair: () => sql("UPDATE users SET email = 'scraper@vibemap.com' WHERE username = 'scraper'"),
    finds: { level: 'notice', message: /scraper user .* is not there yet/, mend: /users ensure/ },
  },
  {
    ...{ check: 'sign-in', what: 'that nobody can sign in' },
    spoil: () => sql(`UPDATE users SET is_active = false WHERE email = '${admin}'`),
    repair: () => sql(`UPDATE users SET is_active = true WHERE email = '${admin}'`),
    finds: { level: 'problem', message: /Nobody can sign in/, mend: /user create/ },
  },
  {
    ...{ check: 'sign-in', what: 'that there is no admin' },
    spoil: () => sql(`UPDATE users SET role = 'editor' WHERE email = '${admin}'`),
    repair: () => sql(`UPDATE users SET role = 'admin' WHERE email = '${admin}'`),
    finds: { level: 'problem', message: /No admin can sign in/, mend: /user role/ },
  },
  {
    ...{ check: 'seals', what: 'entries that have stood unsealed for days' },
    context: () => later(3 * day),
    finds: { level: 'problem', message: /never sealed; entries since/, mend: /audit seal/ },
  },
  {
    ...{ check: 'retention', what: 'entries that should have been removed' },
    context: () => ({ retentionMonths: 1, ...later(120 * day) }),
    finds: { level: 'problem', message: /kept for 1 months.*there are some of/, mend: /audit-prune/ },
  },
  {
    ...{ check: 'storage', what: 'a disk that is full' },
    context: () => ({ diskOf: async () => ({ free: 0.4 * gigabyte, size: 100 * gigabyte }) }),
    finds: {
      level: 'problem',
      message: /takes 3 MB; its disk has 0\.4 GB of 100\.0 GB free/,
      mend: /HOTSPOTS_STORAGE/,
    },
  },
  {
    ...{ check: 'storage', what: 'a disk that is filling' },
    context: () => ({ diskOf: async () => ({ free: 4 * gigabyte, size: 100 * gigabyte }) }),
    finds: { level: 'notice', message: /4\.0 GB of/, mend: /archives/ },
  },
  {
    ...{ check: 'browser', what: 'that there is no browser' },
    context: () => ({ browserPaths: async () => ['/nowhere/chromium'] }),
    finds: { level: 'notice', message: /No Chromium/, mend: /playwright install/ },
  },
  {
    ...{ check: 'schedules', what: 'that no worker runs' },
    spoil: () => sql("UPDATE pgboss.instance SET heartbeat_on = now() - interval '5 minutes'"),
    repair: () => sql('UPDATE pgboss.instance SET heartbeat_on = now()'),
    finds: { level: 'notice', message: /No worker is running/, mend: /crontab/ },
  },
  {
    ...{ check: 'schedules', what: 'a schedule that no worker follows' },
    spoil: async () => {
      await sql("UPDATE pgboss.instance SET heartbeat_on = now() - interval '5 minutes'");
      await overdue('20 minutes');
    },
    repair: async () => {
      await sql('UPDATE pgboss.instance SET heartbeat_on = now()');
      await sql('DELETE FROM schedules');
    },
    finds: {
      level: 'problem',
      message: /overdue, 1 of 1 since .* no worker is running/,
      mend: /^npm run worker$/,
    },
  },
  {
    ...{ check: 'schedules', what: 'a schedule that workers do not follow' },
    spoil: () => overdue('20 minutes'),
    repair: () => sql('DELETE FROM schedules'),
    finds: { level: 'problem', message: /overdue.* workers are running: 1/, mend: /anew/ },
  },
  {
    ...{ check: 'jobs', what: 'a job that failed for good' },
    spoil: () => queue.boss.send(deadLetters, {}),
    repair: () => queue.boss.deleteAllJobs(),
    finds: { level: 'problem', message: /failed for good: 1/, mend: /jobs retry/ },
  },
  {
    ...{ check: 'jobs', what: 'a job that nobody does' },
    spoil: () => queue.boss.send('audit-seal', {}),
    repair: () => queue.boss.deleteAllJobs(),
    context: () => later(180 * minute),
    finds: { level: 'problem', message: /waited for a worker.*: 1/, mend: /npm run worker/ },
  },
  {
    ...{ check: 'sources', what: 'a source whose last crawl failed' },
    spoil: async () => {
      await crawl('library', 'failed');
      await crawl('gone', 'failed');
    },
    repair: () => crawl('library', 'finished'),
    finds: { level: 'problem', message: /last crawl of library failed: Status 503/, mend: /review -- \d+$/ },
  },
  {
    ...{ check: 'sources', what: 'a source that is paused' },
    spoil: () =>
      sql("INSERT INTO source_pauses VALUES ('library', NULL, NULL, now(), 'ana@example.org', 'Sends junk')"),
    repair: () => sql('DELETE FROM source_pauses'),
    finds: {
      level: 'notice',
      message: /paused since .* by ana@example.org: Sends junk/,
      mend: /resume library/,
    },
  },
  {
    ...{ check: 'sources', what: 'sources that cannot be read' },
    context: async () => ({ sourcesFile: await sourcesFile('wrong.yaml', 'sources: 7\n') }),
    finds: { level: 'problem', message: /list of sources/, mend: /Correct the file/ },
  },
  {
    ...{ check: 'flagged-runs', what: 'a flagged run that nobody has judged' },
    spoil: () => crawl('other', 'finished', ', flags', `, '[{"rule": "x", "sentence": "y"}]'`),
    repair: () => sql("UPDATE runs SET verdict = 'good' WHERE source_name = 'other'"),
    finds: { level: 'problem', message: /judged: 1/, mend: /--flagged/ },
  },
  {
    ...{ check: 'webhooks', what: 'a webhook that was given up' },
    spoil: () => deliver('NULL'),
    repair: hooksAway,
    finds: {
      level: 'problem',
      message: /at chat\.example fails: .*given up 1.*status 410/,
      mend: /webhook remove \d+/,
    },
  },
  {
    ...{ check: 'webhooks', what: 'a webhook that is tried again' },
    spoil: () => deliver('now()'),
    repair: hooksAway,
    finds: { level: 'notice', message: /given up 0, tried again 1/, mend: /webhook remove/ },
  },
];

const overdue = (by: string) =>
  sql(`INSERT INTO schedules VALUES ('audit-seal', '', '* * * * *', 'UTC', '{}', now() - interval '${by}')`);

describe('a check', () => {
  it.each(checks.map(({ name }) => name))('of %s is content where all is well', async (name) => {
    expect(await findingsOf(name)).not.toEqual([]);
    for (const finding of await findingsOf(name)) expect(finding).toMatchObject({ level: 'ok' });
  });

  it.each(cases)('of $check finds $what, and is content once it is mended', async (given) => {
    const { check, finds } = given;
    await given.spoil?.();
    const wrong = (await findingsOf(check, await given.context?.())).filter(({ level }) => level !== 'ok');
    await given.repair?.();
    expect(wrong).toEqual([
      {
        level: finds.level,
        message: expect.stringMatching(finds.message),
        mend: expect.stringMatching(finds.mend),
      },
    ]);
    expect(new Set((await findingsOf(check)).map(({ level }) => level))).toEqual(new Set(['ok']));
  });

  it('is seen to fail here for each that there is', () => {
    expect(new Set(cases.map(({ check }) => check))).toEqual(new Set(checks.map(({ name }) => name)));
  });
});
