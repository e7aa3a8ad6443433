import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withUserActor } from '../../src/audit/actors.ts';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { Run } from '../../src/runs/run.ts';
import { type BadRun, makeBadRun } from '../helpers/bad-run.ts';
import { runCli, startCli } from '../helpers/run-cli.ts';
import { hasTerminals, runOnTerminal } from '../helpers/run-on-terminal.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { waitForBlocked } from '../helpers/wait-for-blocked.ts';

const database = await createTestDatabase();
const { sequelize } = database;
const environment = { DATABASE_URL: database.url };
afterAll(() => database.close());

const undo = (...args: string[]) => runCli(['undo', ...args], environment);
const reason = '--reason=block page read as data';

describe('hotspots undo, of a crawl that wrote "Access denied" into 520 of 530 names', () => {
  let town: BadRun;
  let run: string;

  beforeAll(async () => {
    await bindModels(database);
    town = await makeBadRun(database, { count: 530, denied: 520 });
    run = town.bad.runId;
  });
  afterAll(() => town[Symbol.asyncDispose]());

  const denied = () => Place.count({ where: { name: 'Access denied' } });
  const planned = async (...args: string[]) => JSON.parse((await undo(...args, '--json')).stdout).plan;

  test('shows what it would do, and changes nothing', async () => {
    const { stdout, stderr, code } = await undo(`--run=${run}`);
    const plan = /^Plan (\d+)\./.exec(stdout)?.[1];
    expect(stdout.trimEnd().split('\n')).toEqual([
      `Plan ${plan}. Nothing is changed yet.`,
      '  515 restored · 0 un-deleted · 0 new removed · 0 already undone',
      '  5 skipped, changed since: ana@example.org (3), cleo@example.org (2)   (--list-skipped)',
      '  afterwards: town-places paused, 515 values held back',
      `Apply:  npm run undo -- --plan=${plan} --yes --reason="…"`,
      '        as system@vibemap.com; --as=EMAIL names somebody else',
    ]);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(await denied()).toBe(516);
  });

  test('names what it leaves alone, with the reason, when asked', async () => {
    const { stdout } = await undo(`--run=${run}`, '--list-skipped', '--as=ben@example.org');
    for (const [id, email] of town.keptNames)
      expect(stdout).toMatch(new RegExp(`^ {4}Place ${id} .*\\n {6}.*${email}`, 'm'));
    expect(stdout).toMatch(/^Apply: .* --as=ben@example\.org$/m);
    expect(stdout).not.toContain('--list-skipped');
  });

  test('gives the plan as JSON', async () => {
    const { stdout } = await undo(`--run=${run}`, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      plan: { state: 'planned', counts: { restored: 515, skipped: 5 }, selection: { filter: { run } } },
      effects: { paused: 'town-places', held: 515 },
    });
  });

  test('carries nothing out without a reason, or as somebody who is not there', async () => {
    const { id } = await planned(`--run=${run}`);
    const [silent, stranger] = await Promise.all([
      undo(`--plan=${id}`, '--yes'),
      undo(`--plan=${id}`, '--yes', reason, '--as=nobody@example.org'),
    ]);
    expect(silent).toMatchObject({ code: 2, stdout: '' });
    expect(silent.stderr).toMatch(/^A reason is needed: --reason=/);
    expect(stranger).toMatchObject({ code: 2, stdout: '' });
    expect(stranger.stderr).toMatch(/^There is no user "nobody@example\.org"\./);
    expect(await denied()).toBe(516);
  });

  describe.skipIf(!hasTerminals)('on a terminal (skipped without the script of util-linux)', () => {
    test('asks why, and lets the number of records be typed when it is above 500', async () => {
      const { id } = await planned(`--run=${run}`);
      const { code, shown } = await runOnTerminal(
        ['undo', `--plan=${id}`, '--yes'],
        { 'Why? ': 'a slip\n', 'to continue: ': '51\n' },
        environment,
      );
      expect(shown).toContain('This changes 515 records. Type that number to continue: ');
      expect(shown).toContain('"51" is not 515, so nothing was changed.');
      expect(code).toBe(2);
      expect(await denied()).toBe(516);
    });

    test('takes Ctrl-C for a no', async () => {
      const { id } = await planned(`--run=${run}`);
      const { code, shown } = await runOnTerminal(
        ['undo', `--plan=${id}`, '--yes'],
        { 'Why? ': '\u0003' },
        environment,
      );
      expect(shown).toContain('A reason is needed');
      expect(code).toBe(2);
      expect(await denied()).toBe(516);
    });
  });

  test('stops after the records being written, and goes on where it stopped', async () => {
    const args = [`--run=${run}`, '--yes', reason, '--as=ben@example.org'];
    const transaction = await sequelize.transaction();
    // The first record of the plan is locked, so that the signal comes while the first 500 are written.
    const first = [...town.expectedNames.keys()].find((id) => !town.keptNames.has(id));
    await sequelize.query('SELECT id FROM places WHERE id = $1 FOR UPDATE', { bind: [first], transaction });
    const cli = startCli(['undo', ...args], environment);
    let messages = '';
    cli.process.stderr?.on('data', (text: string) => {
      messages += text;
    });
    await waitForBlocked(sequelize);
    cli.process.kill('SIGINT');
    await waitFor('the answer to the signal', () => messages.includes('Stopping after the records'));
    await transaction.rollback();
    const stopped = await cli.ended;
    expect(stopped.stdout).toMatch(/^Stopped after 500 of \d+ records, which stay undone\.$/m);
    expect(stopped.stdout).toMatch(/^To resume: npm run undo -- --plan=\d+ --yes$/m);
    expect(stopped.code).toBe(3);
    expect(await denied()).toBe(16);

    const { stdout, stderr, code } = await undo(...args);
    expect(stderr).toMatch(/^Undoing: \d+ of \d+ records$/m);
    const undoRun = await Run.findOne({ where: { kind: 'undo' }, rejectOnEmpty: true });
    expect(stdout.trimEnd().split('\n')).toEqual([
      `Undone, as run ${undoRun.id} by ben@example.org.`,
      '  515 restored · 0 un-deleted · 0 new removed · 0 already undone',
      '  5 skipped, changed since: ana@example.org (3), cleo@example.org (2)   (--list-skipped)',
      '  515 values held back: npm run hotspots -- holds',
      '  town-places is paused; to crawl it again: npm run hotspots -- resume town-places',
      `To undo the undo: npm run undo -- --run=${undoRun.id}`,
    ]);
    expect(code).toBe(3);
    expect(await Run.count({ where: { kind: 'undo' } })).toBe(1);
    const names = (await Place.findAll()).map(({ id, name }) => [id, name] as const);
    expect(new Map(names)).toEqual(town.expectedNames);
  });

  test('carries a plan out once', async () => {
    const { details } = await Run.findOne({ where: { kind: 'undo' }, rejectOnEmpty: true });
    const { stderr, code } = await undo(`--plan=${details.planId}`, '--yes', reason);
    expect(stderr).toMatch(/^Plan \d+ was carried out already/);
    expect(code).toBe(1);
  });

  test('says what is left of a run that is undone already', async () => {
    const { stdout, code } = await undo(`--run=${run}`, '--yes', reason);
    expect(stdout).toContain('0 restored · 0 un-deleted · 0 new removed · 515 already undone');
    expect(stdout).toContain('There is nothing to apply.');
    expect(code).toBe(3);
  });

  test('makes a new plan, and does nothing, when records were changed since', async () => {
    const [id] = [...town.telephones.keys()];
    const place = await Place.findOne({ where: { id: id ?? '' }, rejectOnEmpty: true });
    const change = ['--model=place', `--object=${id}`, '--field=telephone'];
    const { id: planId } = await planned(...change, '--actor=ben@example.org');
    await withUserActor(town.people.ana, () => place.update({ telephone: '+13125550199' }));
    const { stdout, stderr, code } = await undo(`--plan=${planId}`, '--yes', reason);
    expect(stderr).toMatch(new RegExp(`^Records of plan ${planId} were changed since it was made`));
    expect(stdout).toMatch(/^ {2}0 restored .*\n {2}1 skipped, changed since: ana@example\.org \(1\)/m);
    expect(code).toBe(1);

    const { stdout: done, code: doneCode } = await undo(
      ...change,
      '--actor=-scraper@vibemap.com',
      '--yes',
      reason,
    );
    expect(done).toMatch(/^Undone, as run \d+ by system@vibemap\.com\.\n {2}1 restored · /);
    expect(doneCode).toBe(0);
    expect((await place.reload()).telephone).toBeNull();
  });

  test('undoes one field of one change', async () => {
    const [id] = [...town.telephones.keys()].slice(1);
    const entries = JSON.parse(
      (
        await runCli(
          ['review', '--model=place', `--object=${id}`, '--field=telephone', '--json'],
          environment,
        )
      ).stdout,
    ).entries;
    const { stdout, code } = await undo(
      `--change=${entries[0].id}`,
      '--field=telephone',
      '--yes',
      reason,
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      plan: { state: 'applied', counts: { restored: 1, fields: 1 } },
      runId: expect.stringMatching(/^\d+$/),
      paused: null,
      held: 0,
    });
    expect(code).toBe(0);
    expect((await Place.findByPk(id))?.telephone).toBeNull();
  });

  test('says so when nothing fits, and when there is no such plan', async () => {
    const [nothing, unknown] = await Promise.all([undo('--actor=nobody@example.org'), undo('--plan=999')]);
    expect(nothing).toMatchObject({ code: 1, stdout: '' });
    expect(nothing.stderr).toMatch(/^No log entry fits, so there is nothing to undo\./);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toMatch(/^There is no undo plan "999"\./);
  });
});
