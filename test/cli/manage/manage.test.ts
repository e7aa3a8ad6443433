import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { parseArguments } from '../../../src/cli/arguments.ts';
import { managementCommands } from '../../../src/cli/manage/built-in.ts';
import { bindModels } from '../../../src/models.ts';
import { Place } from '../../../src/records/place.ts';
import { User } from '../../../src/records/user.ts';
import { Run } from '../../../src/runs/run.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { runCli, startCli } from '../../helpers/run-cli.ts';
import { hasTerminals, runOnTerminal } from '../../helpers/run-on-terminal.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { waitFor } from '../../helpers/wait-for.ts';
import { waitForBlocked } from '../../helpers/wait-for-blocked.ts';

const database = await createTestDatabase();
const { sequelize } = database;
const environment = { DATABASE_URL: database.url };
const manage = (...args: string[]) => runCli(['manage', ...args], environment);

beforeAll(() => bindModels(database));
afterAll(() => database.close());
beforeEach(() => emptyTables(sequelize, 'users', 'places', 'runs', 'undo_plans', 'undone_entries'));

const createZoos = (count: number, name = 'Zoo') =>
  asAna(() =>
    Place.bulkCreate(
      Array.from({ length: count }, (_, n) => ({
        name,
        streetAddress: `${Math.floor(n / 2)} Main Street`,
        addressLocality: 'Springfield',
      })),
    ),
  );

describe('manage', () => {
  test('does its work as a run, which review shows', async () => {
    await createZoos(4);
    const { stdout, stderr, code } = await manage('cleanup-duplicates');
    const { id } = await Run.findOne({ rejectOnEmpty: true });
    expect(stdout).toBe(
      [
        `Done. Run ${id}.`,
        '  examined 2 · marked 2',
        '',
        'FIELD                CHANGES',
        'Place.duplicateOfId        2',
        'Place.isClosed             2',
        'Place.isDuplicate          2',
        '',
        `What it changed: npm run review -- ${id}`,
        `Undo: npm run undo -- --run=${id}`,
        '',
      ].join('\n'),
    );
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const [shown, list] = await Promise.all([
      runCli(['review', id], environment),
      runCli(['review'], environment),
    ]);
    expect(shown.stdout).toMatch(new RegExp(`^Run ${id} {2}command cleanup-duplicates {2}finished in `));
    expect(list.stdout).toMatch(
      new RegExp(`^ *${id} +command cleanup-duplicates .* system@vibemap\\.com$`, 'm'),
    );
  });

  test('prints the entries of a dry run as text, in which nothing moves the cursor', async () => {
    await createZoos(2, 'Zoo\u001b[2J\u202e');
    const { stdout, code } = await manage('cleanup-duplicates', '--dry-run');
    expect(stdout).toBe(
      [
        'update Place 2  Zoo\\u{1b}[2J\\u{202e}  duplicate of: (empty) → 1; is closed: no → yes; is duplicate: no → yes',
        'Dry run: nothing was changed.',
        '  examined 1 · marked 1',
        '',
        'FIELD                CHANGES',
        'Place.isClosed             1',
        'Place.isDuplicate          1',
        'Place.duplicateOfId        1',
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
    expect(await Place.count({ where: { isDuplicate: true } })).toBe(0);
    expect(await Run.count()).toBe(0);
  });

  test('prints them as JSON Lines, the sum last', async () => {
    await createZoos(2);
    const [{ stdout }, fresh] = await Promise.all([
      manage('cleanup-duplicates', '--dry-run', '--json'),
      manage('users', 'ensure', '--dry-run'),
    ]);
    expect(fresh.stdout).toMatch(
      /^create User \d+ {2}system@vibemap\.com .*\ncreate User \d+ {2}scraper@vibemap\.com /,
    );
    expect(await User.count()).toBe(0);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { action: 'update', model: 'Place', objectId: '2', changes: { isDuplicate: [false, true] } },
      { command: 'cleanup-duplicates', dryRun: true, runId: null, counts: { marked: 1 }, state: 'finished' },
    ]);
  });

  test('merges places as the person who runs it, but does other work as the system, whoever runs it', async () => {
    await createZoos(2);
    await asAna(() =>
      User.create({ email: 'ben@example.org', username: 'ben', role: 'editor', passwordHash: null }),
    );
    const merge = ['merge-places', '--into=1', '--duplicates=2', '--reason=one zoo', '--as=ben@example.org'];
    const merged = await manage(...merge);
    expect(merged.stdout).toContain('  merged 1\n');
    const [entry] = await LogEntry.findAll({ order: [['id', 'DESC']], limit: 1 });
    expect(entry).toMatchObject({ actorEmail: 'ben@example.org', extra: { reason: 'one zoo' } });
    const change = await runCli(['review', 'show', entry?.id ?? ''], environment);
    expect(change.stdout).toMatch(/^ {2}why: one zoo$/m);
    const asBen = { ...environment, HOTSPOTS_USER: 'ben@example.org' };
    await runCli(['manage', 'set-timezone', '--city=springfield', '--zone=America/Chicago'], asBen);
    const [newest] = await LogEntry.findAll({ order: [['id', 'DESC']], limit: 1 });
    expect(newest).toMatchObject({
      actorEmail: 'system@vibemap.com',
      changes: { timeZone: [null, 'America/Chicago'] },
    });
  });

  test('stops after the batch when it is told to, with exit code 3', async () => {
    await createZoos(1200);
    const transaction = await sequelize.transaction();
    await sequelize.query('SELECT FROM places WHERE id = 1 FOR UPDATE', { transaction });
    const cli = startCli(['manage', 'cleanup-duplicates'], environment);
    let messages = '';
    cli.process.stderr?.on('data', (text: string) => {
      messages += text;
    });
    await waitForBlocked(sequelize);
    cli.process.kill('SIGINT');
    await waitFor('the answer to the signal', () => messages.includes('Stopping after the batch'));
    await transaction.rollback();
    const { stdout, code } = await cli.ended;
    expect(stdout).toMatch(
      /^Stopped; what was done stays\. Run it again to resume\. Run \d+\.\n {2}examined 500 · marked 500$/m,
    );
    expect(code).toBe(3);
  });

  test.skipIf(!hasTerminals)('shows on a terminal how far it has come', async () => {
    await createZoos(4);
    const { shown } = await runOnTerminal(['manage', 'cleanup-duplicates'], {}, environment);
    expect(shown).toContain('cleanup-duplicates: examined 2 · marked 2');
  });
});

describe('the list of commands', () => {
  test('names every one, helps with each, and knows a mistyped one', async () => {
    const [list, help, mistyped, half, option] = await Promise.all([
      manage('--help'),
      manage('users', 'ensure', '--help'),
      manage('cleanup-duplicate'),
      manage('users'),
      manage('cleanup-duplicates', '--as=a@example.org'),
    ]);
    for (const name of managementCommands.keys()) expect(list.stdout).toContain(`\n  manage ${name} `);
    expect(help.stdout).toContain('Usage: npm run hotspots -- manage users ensure [--dry-run]\n');
    expect(mistyped.stderr).toMatch(/"manage cleanup-duplicate"\. Did you mean manage cleanup-duplicates\?/);
    expect(half.stderr).toMatch(/^There is no command "manage users"\. Commands are manage backfill, /);
    expect(option.stderr).toMatch(/^manage cleanup-duplicates has no option --as\./);
    expect([list, help, mistyped, half, option].map(({ code }) => code)).toEqual([0, 0, 2, 2, 2]);
  });

  test.each([
    ['set-timezone', [], /^A city is needed: --city=Springfield\. See: .* manage set-timezone --help$/],
    [
      'set-timezone',
      ['--city=A', '--zone=Here'],
      /^--zone must be the IANA name of a time zone, .* given: "Here"\./,
    ],
    [
      'backfill',
      ['--field=phone'],
      /^--field must be one of addressCountry, telephone, timeZone; given: "phone"\./,
    ],
    ['merge-places', ['--into=1'], /^At least one duplicate is needed: --duplicates=31,32\./],
    ['merge-places', ['--duplicates=1'], /^The place that stays is needed: --into=12\./],
    [
      'merge-places',
      ['--into=1', '--duplicates=2,x'],
      /^--duplicates must be a number such as 12; given: "x"\./,
    ],
  ])('says what is wrong with %s %j', async (name, args, message) => {
    const command = managementCommands.get(name);
    const given = parseArguments(name, command?.options ?? {}, 0, args);
    await expect(command?.prepare(given)).rejects.toThrow(message);
  });
});
