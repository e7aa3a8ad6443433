import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { Run } from '../../src/runs/run.ts';
import { type BadRun, makeBadRun } from '../helpers/bad-run.ts';
import { runCli } from '../helpers/run-cli.ts';
import { hasTerminals, runOnTerminal } from '../helpers/run-on-terminal.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();
const environment = { DATABASE_URL: database.url };
afterAll(() => database.close());

const review = (...args: string[]) => runCli(['review', ...args], environment);

describe('hotspots review, of a crawl that wrote one name into 30 of 40 places', () => {
  let town: BadRun;
  let run: string;

  beforeAll(async () => {
    await bindModels(database);
    town = await makeBadRun(database, { count: 40, denied: 30 });
    run = town.bad.runId;
  });
  afterAll(() => town[Symbol.asyncDispose]());

  const entriesOf = async (...args: string[]) => JSON.parse((await review(...args, '--json')).stdout).entries;

  test('lists the flagged run on top, with its flags, and says what to look at next', async () => {
    const { stdout, code } = await review();
    const [, first, second] = stdout.split('\n');
    expect(first).toMatch(new RegExp(`^ *${run} +places, town-places .* - +scraper@.* {2}Place\\.name: `));
    expect(second).toMatch(new RegExp(`^ *${town.good.runId} +places`));
    expect(stdout).toContain(`\n\n1 flagged run to review. Next: npm run review -- ${run}\n`);
    expect(code).toBe(0);
  });

  test.skipIf(!hasTerminals)('leaves columns out, not flags, where a terminal is narrow', async () => {
    const { shown } = await runOnTerminal(['review'], {}, environment);
    const [titles, first] = shown.split('\r\n');
    expect(titles).toMatch(/ WHAT .* NEW +CHANGED .* VERDICT .* FLAGS/);
    expect(titles).not.toContain('ACTOR');
    expect(first).toMatch(/ Place\.name: .*…$/);
    expect(first?.length).toBeLessThanOrEqual(120);
  });

  test('shows why it is flagged, the field with its commonest value, samples, and how to undo it', async () => {
    const { stdout } = await review(run);
    expect(stdout).toMatch(/^ {2}verdict: none\nFlags {3}Place\.name.*\b30\b.*usually/m);
    expect(stdout).toMatch(/^Place\.name +30 +Access denied +100 %$/m);
    expect(stdout).toMatch(/^ {2}#\d+ .* Place number \d+ → Access denied +http:/m);
    expect(stdout).toMatch(new RegExp(`^Undo: {3}npm run undo -- --run=${run} --reason="…"$`, 'm'));
    const json = JSON.parse((await review(run, '--json')).stdout);
    expect(json).toMatchObject({
      run: { id: run, flags: [{ rule: expect.any(String), sentence: expect.any(String) }, {}] },
      fields: [{ field: 'name', changes: 30, commonestNewValue: 'Access denied' }],
      undoneBy: [],
    });
  });

  test('ends a check with code 3 while it waits', async () => {
    const [check, json, elsewhere] = await Promise.all([
      review('--check'),
      review('--check', '--json'),
      review('--check', '--source=another'),
    ]);
    expect(check.stdout).toMatch(
      new RegExp(`^1 flagged run to review:\nRun ${run} {2}places, town-places\n {2}Place\\.name`),
    );
    expect(check.code).toBe(3);
    expect(JSON.parse(json.stdout).waiting.map(({ id }: { id: string }) => id)).toEqual([run]);
    expect(json.code).toBe(3);
    expect(elsewhere).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('shows a change: was, now, what the field holds since and by whom, the history', async () => {
    const [renamed] = town.keptNames;
    if (renamed === undefined) throw new Error('Nobody renamed a place.');
    const [id, email] = renamed;
    const [entry] = await entriesOf('--model=place', `--object=${id}`, `--run=${run}`);
    const { stdout, code } = await review('show', entry.id);
    const since = (await Place.findByPk(id))?.name;
    expect(stdout).toMatch(new RegExp(`^#${entry.id} {2}update Place ${id} {2}Access denied\n`));
    expect(stdout).toMatch(/^FIELD +WAS +NOW +LATER$/m);
    expect(stdout).toMatch(
      new RegExp(
        `^name +Place number \\d+ +Access denied +${since}, by ${email.replace('.', '\\.')} \\(#\\d+\\)$`,
        'm',
      ),
    );
    expect(stdout).toMatch(new RegExp(`^History\n {2}#\\d+ .*${email} {2}update .*\n {2}#${entry.id} `, 'm'));
    expect(stdout).toMatch(/^Nothing of it is left to undo\.$/m);
    const later = /by .* \(#(\d+)\)$/m.exec(stdout)?.[1];
    expect((await review('show', later ?? '')).stdout).toMatch(
      new RegExp(`^Undo: {3}npm run undo -- --change=${later} --reason="…"$`, 'm'),
    );
    expect(code).toBe(0);
    const json = JSON.parse((await review('show', entry.id, '--json')).stdout);
    expect(json).toMatchObject({ change: { id: entry.id }, verdicts: [], now: { name: since } });
    expect(json.history).toHaveLength(3);
  });

  test('answers an unknown change with code 2', async () => {
    const result = await review('show', '999999');
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toMatch(/^There is no change 999999\./);
  });

  test('keeps a verdict on changes, as the person who gave it, and finds changes by it', async () => {
    const [first, second] = await entriesOf(`--run=${run}`, '--limit=2');
    const given = await review(
      'good',
      `--change=${first.id}`,
      `--change=${second.id}`,
      '--note=looks right',
      '--as=ana@example.org',
    );
    expect(given).toEqual({ code: 0, stdout: '2 changes: good.\n', stderr: '' });
    const { stdout } = await review('show', first.id);
    expect(stdout).toContain('\n  verdict: good by ana@example.org: looks right\n');
    const found = await entriesOf(`--run=${run}`, '--verdict=good');
    expect(found.map(({ id }: { id: string }) => id)).toEqual([first.id, second.id]);
    await review('clear', `--change=${first.id}`);
    expect((await review('show', first.id)).stdout).toContain('\n  verdict: none\n');
    expect(await entriesOf(`--run=${run}`, '--verdict=none')).toHaveLength(29);
  });

  test('says what a verdict on a run does: bad pauses its source, good closes it, clear takes it back', async () => {
    const bad = await review('bad', run, '--note=a block page');
    expect(bad.stdout.trimEnd().split('\n')).toEqual([
      `Run ${run} is bad.`,
      'town-places is paused. To crawl it again: npm run hotspots -- resume town-places',
      `What it changed stays until you undo it: npm run undo -- --run=${run}`,
    ]);
    expect(await review('--check')).toEqual({ code: 0, stdout: '', stderr: '' });
    const clear = JSON.parse((await review('clear', run, '--json')).stdout);
    expect(clear).toEqual({ run, verdict: 'clear', paused: null });
    const good = await review('good', run, '--as=ben@example.org');
    expect(good.stdout).toBe(`Run ${run} is closed as good. Later runs are compared with it.\n`);
    expect(await Run.findByPk(run)).toMatchObject({ verdict: 'good' });
    const unknown = await review('good', '999');
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toMatch(/^There is no run 999\./);
  });
});
