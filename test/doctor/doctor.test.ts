import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Database } from '../../src/database/open-database.ts';
import { checks } from '../../src/doctor/checks.ts';
import { bindModels } from '../../src/models.ts';
import { runCli } from '../helpers/run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from '../helpers/temporary-folder.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const reportSchema = z.strictObject({
  problems: z.int(),
  checks: z.array(
    z.strictObject({
      check: z.string(),
      findings: z
        .array(
          z.strictObject({
            level: z.enum(['ok', 'notice', 'problem']),
            message: z.string().min(1),
            mend: z.string().optional(),
          }),
        )
        .min(1),
    }),
  ),
});

describe('hotspots doctor', () => {
  let database: Database;
  let folder: TemporaryFolder;
  const doctor = (...args: string[]) =>
    runCli(['doctor', ...args], { DATABASE_URL: database.url, HOTSPOTS_STORAGE: folder.path });

  beforeAll(async () => {
    database = await createTestDatabase();
    folder = await temporaryFolder();
    await bindModels(database);
  });
  afterAll(async () => {
    await folder[Symbol.asyncDispose]();
    await database.close();
  });

  test('ends with 0 where nothing needs attention; scraped text gives no orders to the terminal', async () => {
    await database.sequelize.query(
      `INSERT INTO source_pauses (source_name, paused_by_email, reason) VALUES ('library', 'a@b.example', E'\\x1b[2J\\nok')`,
    );
    const { code, stdout, stderr } = await doctor();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('ok       All migrations are applied.\n');
    expect(stdout).toContain(
      'notice   Nobody can use the pages yet: there are no users.\n' +
        '         → npm run hotspots -- user create you@example.org --role=admin\n',
    );
    expect(stdout).toContain('notice   library is paused since');
    expect(stdout).not.toContain('\x1b');
    expect(stdout).toMatch(/\n\nNothing needs attention\.\n$/);
  });

  test('ends with 3 when something needs attention', async () => {
    await database.sequelize.query(
      `INSERT INTO runs (kind, actor_email, state, finished_at, flags)
       VALUES ('import', 'a@b.example', 'finished', now(), '[{"rule": "x", "sentence": "y"}]')`,
    );
    const { code, stdout } = await doctor('--json');
    expect(code).toBe(3);
    const report = reportSchema.parse(JSON.parse(stdout));
    expect(report.problems).toBe(1);
    expect(report.checks.map(({ check }) => check)).toEqual(checks.map(({ name }) => name));
    const unwell = report.checks.flatMap(({ findings }) => findings).filter(({ level }) => level !== 'ok');
    expect(unwell.filter(({ mend }) => mend === undefined)).toEqual([]);
  });

  test('ends with 1 and a sentence when the database cannot be reached', async () => {
    const { code, stdout, stderr } = await runCli(['doctor', '--json'], {
      DATABASE_URL: 'postgres://ana:s3cret@127.0.0.1:1/town',
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^No connection to the database "town" at 127\.0\.0\.1:1 as user "ana"/);
    expect(stderr).not.toContain('s3cret');
  });
});
