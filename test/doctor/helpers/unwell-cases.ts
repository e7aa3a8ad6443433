import type { CheckContext, Finding } from '../../../src/doctor/check.ts';
import { deadLetters } from '../../../src/jobs/queue.ts';
import { adminEmail, type WellDatabase } from './well-database.ts';

/** Something that is not well, and what a check says of it. */
export interface UnwellCase {
  readonly check: string;
  readonly what: string;
  readonly spoil?: (database: WellDatabase) => Promise<unknown>;
  readonly repair?: (database: WellDatabase) => Promise<unknown>;
  /** What is different of what checks look at. */
  readonly context?: (database: WellDatabase) => Partial<CheckContext> | Promise<Partial<CheckContext>>;
  readonly finds: { readonly level: Finding['level']; readonly message: RegExp; readonly mend: RegExp };
}

type Sql = WellDatabase['sql'];

const gigabyte = 1e9;
const minute = 60_000;
const day = 24 * 60 * minute;

const later = (milliseconds: number) => ({ now: () => new Date(Date.now() + milliseconds) });
const crawl = (sql: Sql, name: string, state: string, flags = '[]') =>
  sql(`INSERT INTO runs (spider, source_name, request_key, actor_email, state, finished_at, error, flags)
       VALUES ('events', '${name}', '${name}', 'x', '${state}', now(), 'Status 503 at the start page.', '${flags}')`);
const overdue = (sql: Sql, by: string) =>
  sql(`INSERT INTO schedules VALUES ('audit-seal', '', '* * * * *', 'UTC', '{}', now() - interval '${by}')`);
const deliver = (sql: Sql, nextAttempt: string) =>
  sql(`WITH hook AS (
         INSERT INTO webhooks (url, secret, events)
         VALUES ('https://chat.example/hooks/T0PS3CRET', 'whsec_x', '{run.finished}') RETURNING id
       ), run AS (
         INSERT INTO runs (kind, actor_email, state, finished_at) VALUES ('undo', 'x', 'finished', now()) RETURNING id
       )
       INSERT INTO webhook_deliveries (webhook_id, run_id, event, body, attempts, last_error, next_attempt_at)
       SELECT hook.id, run.id, 'run.finished', '{}', 3, 'It answered with status 410.', ${nextAttempt} FROM hook, run`);
const hooksAway = async (sql: Sql) => {
  await sql('DELETE FROM webhooks');
  await sql('DELETE FROM runs');
};

/** Each check is here at least once. */
export const unwellCases: readonly UnwellCase[] = [
  {
    check: 'database',
    what: 'a server that cannot be written to',
    context: ({ readOnly }) => ({ sequelize: readOnly }),
    finds: { level: 'problem', message: /read-only/, mend: /primary/ },
  },
  {
    check: 'database',
    what: 'a server that can hardly take more connections',
    spoil: ({ sql, name }) => sql(`ALTER DATABASE ${name} CONNECTION LIMIT 1`),
    repair: ({ sql, name }) => sql(`ALTER DATABASE ${name} CONNECTION LIMIT -1`),
    finds: { level: 'notice', message: /\d of the 1 connections/, mend: /HOTSPOTS_DATABASE_POOL/ },
  },
  {
    check: 'migrations',
    what: 'a migration that is not applied',
    spoil: ({ sql }) => sql("DELETE FROM schema_migrations WHERE name = '0014-schedules'"),
    repair: ({ sql }) => sql("INSERT INTO schema_migrations (name) VALUES ('0014-schedules')"),
    finds: { level: 'problem', message: /not applied: 1, from 0014-schedules on/, mend: /npm run/ },
  },
  {
    check: 'clock',
    what: 'a clock that is ahead',
    context: () => later(90_000),
    finds: { level: 'problem', message: /is (90|89) seconds ahead of the database/, mend: /NTP/ },
  },
  {
    check: 'clock',
    what: 'a clock that is behind',
    context: () => later(-3600_000),
    finds: { level: 'problem', message: /is 3600 seconds behind the database/, mend: /NTP/ },
  },
  {
    check: 'triggers',
    what: 'a log that can be changed',
    spoil: ({ sql }) => sql('ALTER TABLE log_entries DISABLE TRIGGER hotspots_append_only'),
    repair: ({ sql }) => sql('ALTER TABLE log_entries ENABLE ALWAYS TRIGGER hotspots_append_only'),
    finds: { level: 'problem', message: /log entries can be changed/, mend: /owner of the tables/ },
  },
  {
    check: 'unregistered-tables',
    what: 'a table that is written to and not audited',
    spoil: ({ sql }) => sql('CREATE TABLE menus (id int PRIMARY KEY); INSERT INTO menus VALUES (1)'),
    repair: ({ sql }) => sql('DELETE FROM menus'),
    finds: { level: 'notice', message: /"menus" has rows/, mend: /Register its model/ },
  },
  {
    check: 'unknown-authors',
    what: 'an entry without an author',
    spoil: ({ sql }) =>
      sql(`INSERT INTO log_entries (action, model, object_id, object_label, changes, actor_email)
           VALUES (1, 'Place', '1', 'Library', '{}', 'unknown')`),
    repair: ({ forget }) => forget("actor_email = 'unknown'"),
    finds: { level: 'problem', message: /without an author: 1,/, mend: /review -- show \d+$/ },
  },
  {
    check: 'unknown-authors',
    what: 'a write around the program',
    spoil: ({ outside }) => outside("INSERT INTO places (name) VALUES ('Library')"),
    repair: ({ forget }) => forget("actor_email LIKE 'database:%'"),
    finds: {
      level: 'notice',
      message: /database role \w+ wrote around the program.*entries 1/,
      mend: /--actor=database:/,
    },
  },
  {
    check: 'automated-users',
    what: 'a system user who is active',
    spoil: ({ sql }) => sql("UPDATE users SET is_active = true WHERE username = 'system'"),
    repair: ({ sql }) => sql("UPDATE users SET is_active = false WHERE username = 'system'"),
    finds: { level: 'problem', message: /system user .* is active/, mend: /users ensure/ },
  },
  {
    check: 'automated-users',
    what: 'a scraper user who has a password',
    spoil: ({ sql }) => sql("UPDATE users SET password_hash = 'x' WHERE username = 'scraper'"),
    repair: ({ sql }) => sql("UPDATE users SET password_hash = NULL WHERE username = 'scraper'"),
    finds: { level: 'problem', message: /scraper user .* has a password/, mend: /users ensure/ },
  },
  {
    check: 'automated-users',
    what: 'a scraper user who is missing',
    spoil: ({ sql }) => sql("UPDATE users SET email = 'other@vibemap.com' WHERE username = 'scraper'"),
    repair: ({ sql }) => sql("UPDATE users SET email = 'scraper@vibemap.com' WHERE username = 'scraper'"),
    finds: { level: 'notice', message: /scraper user .* does not exist yet/, mend: /users ensure/ },
  },
  {
    check: 'sign-in',
    what: 'that nobody can sign in',
    spoil: ({ sql }) => sql(`UPDATE users SET is_active = false WHERE email = '${adminEmail}'`),
    repair: ({ sql }) => sql(`UPDATE users SET is_active = true WHERE email = '${adminEmail}'`),
    finds: { level: 'problem', message: /Nobody can sign in/, mend: /user create/ },
  },
  {
    check: 'sign-in',
    what: 'that there is no admin',
    spoil: ({ sql }) => sql(`UPDATE users SET role = 'editor' WHERE email = '${adminEmail}'`),
    repair: ({ sql }) => sql(`UPDATE users SET role = 'admin' WHERE email = '${adminEmail}'`),
    finds: { level: 'problem', message: /No admin can sign in/, mend: /user role/ },
  },
  {
    check: 'seals',
    what: 'entries that have stood unsealed for days',
    context: () => later(3 * day),
    finds: { level: 'problem', message: /never sealed; entries since/, mend: /audit seal/ },
  },
  {
    check: 'retention',
    what: 'entries that should have been removed',
    context: () => ({ retentionMonths: 1, ...later(120 * day) }),
    finds: { level: 'problem', message: /kept for 1 month;.*there are some of/, mend: /audit-prune/ },
  },
  {
    check: 'storage',
    what: 'a disk that is full',
    context: () => ({ diskOf: async () => ({ free: 0.4 * gigabyte, size: 100 * gigabyte }) }),
    finds: {
      level: 'problem',
      message: /takes 3 MB; its disk has 0\.4 GB of 100\.0 GB free/,
      mend: /HOTSPOTS_STORAGE/,
    },
  },
  {
    check: 'storage',
    what: 'a disk that is filling',
    context: () => ({ diskOf: async () => ({ free: 4 * gigabyte, size: 100 * gigabyte }) }),
    finds: { level: 'notice', message: /4\.0 GB of/, mend: /archives/ },
  },
  {
    check: 'browser',
    what: 'that there is no browser',
    context: () => ({ browserPaths: async () => ['/nowhere/chromium'] }),
    finds: { level: 'notice', message: /No Chromium/, mend: /playwright install/ },
  },
  {
    check: 'schedules',
    what: 'that no worker runs',
    spoil: ({ sql }) => sql("UPDATE pgboss.instance SET heartbeat_on = now() - interval '5 minutes'"),
    repair: ({ sql }) => sql('UPDATE pgboss.instance SET heartbeat_on = now()'),
    finds: { level: 'notice', message: /No worker is running/, mend: /crontab/ },
  },
  {
    check: 'schedules',
    what: 'a schedule that no worker follows',
    spoil: async ({ sql }) => {
      await sql("UPDATE pgboss.instance SET heartbeat_on = now() - interval '5 minutes'");
      await overdue(sql, '20 minutes');
    },
    repair: async ({ sql }) => {
      await sql('UPDATE pgboss.instance SET heartbeat_on = now()');
      await sql('DELETE FROM schedules');
    },
    finds: {
      level: 'problem',
      message: /overdue, 1 of 1 since .* no worker is running/,
      mend: /^npm run worker;/,
    },
  },
  {
    check: 'schedules',
    what: 'a schedule that workers do not follow',
    spoil: ({ sql }) => overdue(sql, '20 minutes'),
    repair: ({ sql }) => sql('DELETE FROM schedules'),
    finds: { level: 'problem', message: /overdue.* workers are running: 1/, mend: /Restart the workers/ },
  },
  {
    check: 'jobs',
    what: 'a job that failed permanently',
    spoil: ({ queue }) => queue.boss.send(deadLetters, {}),
    repair: ({ queue }) => queue.boss.deleteAllJobs(),
    finds: { level: 'problem', message: /failed permanently: 1/, mend: /jobs retry/ },
  },
  {
    check: 'jobs',
    what: 'a job that nobody does',
    spoil: ({ queue }) => queue.boss.send('audit-seal', {}),
    repair: ({ queue }) => queue.boss.deleteAllJobs(),
    context: () => later(180 * minute),
    finds: { level: 'problem', message: /waited for a worker.*: 1/, mend: /npm run worker/ },
  },
  {
    check: 'sources',
    what: 'a source whose last crawl failed',
    spoil: async ({ sql }) => {
      await crawl(sql, 'library', 'failed');
      await crawl(sql, 'gone', 'failed');
    },
    repair: ({ sql }) => crawl(sql, 'library', 'finished'),
    finds: { level: 'problem', message: /last crawl of library failed: Status 503/, mend: /review -- \d+$/ },
  },
  {
    check: 'sources',
    what: 'a source that is paused',
    spoil: ({ sql }) =>
      sql("INSERT INTO source_pauses VALUES ('library', NULL, NULL, now(), 'ana@example.org', 'Sends junk')"),
    repair: ({ sql }) => sql('DELETE FROM source_pauses'),
    finds: {
      level: 'notice',
      message: /paused since .* by ana@example.org: Sends junk/,
      mend: /resume library/,
    },
  },
  {
    check: 'sources',
    what: 'sources that cannot be read',
    context: async ({ sourcesFile }) => ({ sourcesFile: await sourcesFile('wrong.yaml', 'sources: 7\n') }),
    finds: { level: 'problem', message: /list of sources/, mend: /Correct the file/ },
  },
  {
    check: 'flagged-runs',
    what: 'a flagged run that nobody has judged',
    spoil: ({ sql }) => crawl(sql, 'other', 'finished', '[{"rule": "x", "sentence": "y"}]'),
    repair: ({ sql }) => sql("UPDATE runs SET verdict = 'good' WHERE source_name = 'other'"),
    finds: { level: 'problem', message: /judged: 1/, mend: /--flagged/ },
  },
  {
    check: 'webhooks',
    what: 'a webhook that was given up',
    spoil: ({ sql }) => deliver(sql, 'NULL'),
    repair: ({ sql }) => hooksAway(sql),
    finds: {
      level: 'problem',
      message: /at chat\.example fails: .*given up 1.*status 410/,
      mend: /webhook remove \d+/,
    },
  },
  {
    check: 'webhooks',
    what: 'a webhook that is tried again',
    spoil: ({ sql }) => deliver(sql, 'now()'),
    repair: ({ sql }) => hooksAway(sql),
    finds: { level: 'notice', message: /given up 0, tried again 1/, mend: /webhook remove/ },
  },
];
