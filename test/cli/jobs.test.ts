import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';
import type { Command } from '../../src/cli/command.ts';
import { discard, retry, run as runJob, send } from '../../src/cli/commands/jobs.ts';
import { schedule } from '../../src/cli/commands/schedule.ts';
import { worker } from '../../src/cli/commands/worker.ts';
import type { Database } from '../../src/database/open-database.ts';
import { listDeadLetters } from '../../src/jobs/dead-letters.ts';
import { runCli, startCli } from '../helpers/run-cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { waitFor } from '../helpers/wait-for.ts';

let database: Database;
let environment: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  environment = { DATABASE_URL: database.url, COLUMNS: '200' };
});
afterAll(() => database.close());

/** Runs a command in this process. */
const run = (command: Command, args: string[]) =>
  command.run(parseArguments('jobs', command.options, command.positionals, args));
const cli = (...args: string[]) => runCli(args, environment);

describe('hotspots schedule', () => {
  test('shows what runs when, and warns when no worker is there to do it', async () => {
    const { code, stdout } = await cli('schedule');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^TASK +WHEN +ZONE +NEXT, IN THAT ZONE +LAST/);
    expect(stdout).toMatch(
      /audit-seal +\*\/15 \* \* \* \* +UTC +\d{4}-\d\d-\d\d \d\d:(00|15|30|45) +never yet/,
    );
    expect(stdout).toContain('No worker is running, so no schedule runs. Start one: npm run worker');
  });

  test('--crontab prints lines that work where nothing is set, and that say nothing when all is well', async () => {
    await using folder = await temporaryFolder();
    const settings = path.join(folder.path, "town's 100 %.env");
    await writeFile(settings, `DATABASE_URL=${database.url}\n`);
    const { stdout } = await cli('schedule', '--crontab', `--settings=${settings}`);
    const line = stdout.split('\n').find((each) => each.includes('mark-past-events')) ?? '';
    const [, command = ''] = /^5 \* \* \* \* (.+)$/.exec(line) ?? [];
    // Cron takes the backslash away before it gives the line to the shell.
    const ran = await promisify(execFile)('/bin/sh', ['-c', command.replaceAll('\\%', '%')], { env: {} });
    expect(ran).toEqual({ stdout: '', stderr: '' });
  });

  test.each([
    [['--crontab', '--settings=/nowhere'], 'The file "/nowhere" of --settings cannot be read (ENOENT).'],
    [['--settings=/nowhere'], '--settings goes with --crontab.'],
  ])('%j is refused', async (args, message) => {
    await expect(async () => run(schedule, args)).rejects.toThrow(message);
  });

  test('--crontab is refused where cron would take another database', async () => {
    vi.stubEnv('DATABASE_URL', database.url);
    // That somebody works at this shell does not matter to cron.
    vi.stubEnv('HOTSPOTS_USER', 'ana@example.org');
    await expect(async () => run(schedule, ['--crontab'])).rejects.toThrow(
      'Cron does not know what is set in this shell: DATABASE_URL.',
    );
    vi.unstubAllEnvs();
  });
});

describe('hotspots jobs', () => {
  test('run does a task here and now, and says what went wrong', async () => {
    expect(await cli('jobs', 'run', 'crawl', '--data={"source":"gone"}', '--quiet')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('There is no source "gone"'),
    });
  });

  test.each<[Command, string[], string]>([
    [runJob, ['sweep'], 'There is no task "sweep". Tasks are crawl, '],
    [runJob, ['crawl'], 'The task crawl was given data that it cannot use:\n✖ '],
    [runJob, [], 'Name the task: crawl, '],
    [runJob, ['crawl', '--data=[]'], '--data must be a JSON object'],
    [send, [], 'Name the task: crawl, '],
    [send, ['crawl', '--data=x'], '--data must be a JSON object'],
    [retry, [], 'Name the jobs by their ids, or say --all.'],
    [discard, [], 'Name the jobs by their ids, or say --all.'],
    [retry, ['17'], '"17" is no id of a job; '],
    [worker, ['--task=craw'], 'There is no task "craw". Did you mean crawl?'],
    [worker, ['--concurrency=0'], '--concurrency must be'],
  ])('$name %j is refused with one line', async (command, args, message) => {
    await expect(async () => run(command, args)).rejects.toThrow(message);
  });
});

describe('hotspots worker', () => {
  test('does what was sent, and stops when it is told to', async () => {
    const sent = await cli('jobs', 'send', 'crawl', '--data={"source":"gone"}');
    expect(sent).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Queued as job [0-9a-f-]{36}\.\n$/),
    });
    const { process: child, ended } = startCli(['worker'], environment);
    await waitFor('the job to fail for good', async () => {
      const letters = await listDeadLetters(database.sequelize);
      return letters.length > 0;
    });
    expect((await cli('schedule')).stdout).toContain('One worker is running.');
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).toEqual([0, expect.stringContaining('Working on all tasks')]);
    expect(stderr).toContain('crawl  failed  There is no source "gone"');
    const failed = await cli('jobs');
    expect([failed.code, failed.stdout]).toEqual([
      3,
      expect.stringMatching(/crawl +0 +0 +0 +0 +1 +Crawls a source\n/),
    ]);
    expect(failed.stdout).toMatch(/FAILED FOR GOOD +TASK +SINCE +BY +WHY/);
    expect(await cli('jobs', 'retry', '--all')).toMatchObject({ code: 0, stdout: '1 job sent once more.\n' });
    expect(await cli('jobs')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('No job has failed'),
    });
  });
});
