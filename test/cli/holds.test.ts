import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { type BadRun, makeBadRun } from '../helpers/bad-run.ts';
import { runCli } from '../helpers/run-cli.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();
const environment = { DATABASE_URL: database.url };
const hotspots = (...args: string[]) => runCli(args, environment);
const json = async (...args: string[]) => JSON.parse((await hotspots(...args, '--json')).stdout);

afterAll(() => database.close());

describe('after the undo of a crawl that wrote one name into 30 of 40 places', () => {
  let town: BadRun;
  let folder: string;

  beforeAll(async () => {
    await bindModels(database);
    folder = await mkdtemp(path.join(tmpdir(), 'hotspots-cli-'));
    town = await makeBadRun(database, { count: 40, denied: 30 });
    await hotspots(
      'undo',
      `--run=${town.bad.runId}`,
      '--yes',
      '--reason=a block page',
      '--as=ben@example.org',
    );
  });
  afterAll(async () => {
    await town[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  test('its source is paused: the lists say so, and a crawl does not read it', async () => {
    const sources = path.join(folder, 'sources.yaml');
    await writeFile(
      sources,
      'sources:\n  - name: town-places\n    spider: places\n    startUrls: [http://127.0.0.1:1/]\n',
    );
    const why = `Run ${town.bad.runId} was undone by run \\d+: a block page`;
    const [spiders, pauses, crawl] = await Promise.all([
      hotspots('spiders', `--sources=${sources}`),
      hotspots('resume'),
      hotspots('crawl', '--spider=places', `--sources=${sources}`),
    ]);
    expect(spiders.stdout).toMatch(/^town-places \(paused\) +places /m);
    expect(spiders.stdout).toMatch(
      new RegExp(
        `^town-places is paused since .* by ben@example\\.org \\(${why}\\)\\. .* resume town-places$`,
        'm',
      ),
    );
    expect(pauses.stdout).toMatch(new RegExp(`^town-places +\\d{4}-.* +ben@example\\.org +${why}$`, 'm'));
    expect(crawl.stderr).toMatch(
      /^places town-places: The source town-places is paused since .* resume town-places$/m,
    );
    expect(crawl).toMatchObject({ code: 3, stdout: '' });
    expect((await json('resume')).pauses).toMatchObject([{ sourceName: 'town-places' }]);
  });

  test('its values are held back: they are listed, a page at a time', async () => {
    const { stdout } = await hotspots('holds', '--source=town-places', '--limit=3');
    expect(stdout).toMatch(/^ *ID +RECORD +FIELD +VALUE +SOURCE +SINCE +RUN$/m);
    expect(stdout.match(/ Place \d+ .* name +Access denied +town-places /g)).toHaveLength(3);
    const before = /^Older: (--before=\d+)$/m.exec(stdout)?.[1] ?? '';
    const rest = await json('holds', before);
    expect(rest.holds).toHaveLength(22);
    expect(rest.next).toBeNull();
    expect((await hotspots('holds', '--field=url')).stdout).toBe('Nothing is held back.\n');
  });

  test('the next crawl writes none of it, but what is released, and suggests what people wrote over', async () => {
    const { holds } = await json('holds');
    const [released] = holds;
    expect((await hotspots('holds', `--release=${released.id}`)).stdout).toBe(
      `town-places may write that name of Place ${released.objectId} again.\n`,
    );
    const again = await hotspots('holds', `--release=${released.id}`);
    expect(again).toMatchObject({ code: 2, stdout: '' });
    expect(again.stderr).toMatch(/^No value with the number \d+ is held back any more\./);

    expect((await hotspots('resume', 'town-places')).stdout).toBe('town-places will be crawled again.\n');
    expect((await hotspots('resume', 'town-places')).stdout).toBe('town-places was not paused.\n');
    expect(await town.crawlAgain()).toMatchObject({ held: 24, suggested: 4 });
    const denied = await Place.findAll({ where: { name: 'Access denied' } });
    const own = [...town.expectedNames].flatMap(([id, name]) => (name === 'Access denied' ? id : []));
    expect(denied.map(({ id }) => id).sort()).toEqual([...own, released.objectId].sort());
  });

  test('suggestions are listed, accepted as a person, and dismissed', async () => {
    const { stdout } = await hotspots('suggestions', '--field=name');
    expect(stdout).toMatch(/^ *ID +RECORD +FIELD +SUGGESTED +SOURCE +LAST SEEN +PAGE$/m);
    expect(stdout.match(/ name +Access denied +town-places /g)).toHaveLength(4);
    const { suggestions } = await json('suggestions');
    const [first, second] = suggestions;

    const accepted = await hotspots('suggestions', `--accept=${first.id}`, '--as=ana@example.org');
    expect(accepted).toEqual({ code: 0, stdout: '1 suggestion accepted, as ana@example.org.\n', stderr: '' });
    expect((await Place.findByPk(first.objectId))?.name).toBe('Access denied');
    const history = await json('history', 'place', first.objectId, '--limit=1');
    expect(history.entries).toMatchObject([{ actorEmail: 'ana@example.org', action: 'update' }]);

    const twice = await hotspots('suggestions', `--dismiss=${first.id}`, `--dismiss=${second.id}`);
    expect(twice).toEqual({
      code: 3,
      stdout: '1 suggestion dismissed, as system@vibemap.com.\n',
      stderr: '1 suggestion did not wait for a decision any more.\n',
    });
    const one = await hotspots('suggestions', '--dismiss-all', '--limit=1');
    expect(one.stdout).toContain('There are more: run the same command again.');
    expect(await json('suggestions', '--dismiss-all')).toMatchObject({
      dismissed: 1,
      closed: 0,
      left: false,
    });
    expect((await hotspots('suggestions')).stdout).toBe('Nothing is suggested.\n');
    const unknown = await hotspots('suggestions', `--accept=${first.id}`);
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toMatch(/^None of these suggestions is open: /);
  });

  test('a field that a person wrote is given back to scrapers by hand', async () => {
    const [id] = [...town.keptNames].find(([, email]) => email === 'ana@example.org') ?? [];
    const released = await hotspots('release', 'place', `${id}`, 'name', '--as=ana@example.org');
    expect(released.stdout).toBe(
      `Scrapers may write name of Place ${id} again, until a person writes it once more.\n`,
    );
    await town.crawlAgain();
    expect((await Place.findByPk(id))?.name).toBe('Access denied');
    const wrong = await hotspots('release', 'Place', `${id}`, 'nme');
    expect(wrong.stderr).toMatch(/^Place has no field "nme"\. It has .*name/);
    expect(wrong.code).toBe(2);
  });
});
