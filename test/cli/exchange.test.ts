import { access, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { withUserActor } from '../../src/audit/actors.ts';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { User } from '../../src/records/user.ts';
import { Run } from '../../src/runs/run.ts';
import { asAna } from '../helpers/as-ana.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { runCli } from '../helpers/run-cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { runHere } from './helpers/run-here.ts';

vi.hoisted(() => {
  // For what runs in this process: nothing may be opened for a command that cannot run.
  process.env.DATABASE_URL = 'postgres://nobody@127.0.0.1:1/none';
});

const database = await createTestDatabase();
const folder = await temporaryFolder();
const cli = (...args: string[]) => runCli(args, { DATABASE_URL: database.url });
const inFolder = (name: string) => path.join(folder.path, name);

beforeAll(() => bindModels(database));
afterAll(async () => {
  await database.close();
  await folder[Symbol.asyncDispose]();
});
beforeEach(() => emptyTables(database.sequelize, 'users', 'places', 'runs', 'match_keys', 'source_records'));

const createAna = () =>
  withUserActor({ id: null, email: 'setup@example.org' }, () =>
    User.create({ email: 'ana@example.org', username: 'ana', role: 'editor', passwordHash: null }),
  );

describe('export', () => {
  test('writes to stdout what the conditions ask for', async () => {
    await asAna(() =>
      Place.bulkCreate([{ name: 'Town Hall', addressLocality: 'Quillport' }, { name: 'Old Mill' }]),
    );
    const { stdout, stderr, code } = await cli(
      'export',
      'places',
      '--format=jsonl',
      '--address-locality=quillport',
    );
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(JSON.parse(stdout)).toMatchObject({ name: 'Town Hall' });
  });

  test('writes a file whole, in the format of its name, over what was there', async () => {
    await asAna(() => Place.create({ name: 'Town Hall' }));
    await writeFile(inFolder('places.geojson'), 'old');
    expect(await cli('export', 'places', `--output=${inFolder('places.geojson')}`)).toMatchObject({
      code: 0,
    });
    expect(JSON.parse(await readFile(inFolder('places.geojson'), 'utf8')).features).toHaveLength(1);
    expect((await readdir(folder.path)).filter((name) => name.includes('unfinished'))).toEqual([]);
  });

  test.each([
    [['export'], 'Say what to export: places or events.'],
    [['export', 'places'], 'Say the format: --format=geojson|jsonl|csv|ics.'],
    [['export', 'places', '--format=ics'], 'places cannot be exported as ics; events can.'],
    [['export', 'places', '--format=csv', '--since=2027-01-01'], 'places have no condition --since.'],
    [['export', 'events', '--format=csv', '--since=soon'], '--since: '],
  ])('says what is wrong with %j', async (args, message) => {
    const { stdout, stderr, code } = await runHere(args);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain(message);
  });

  test('names a file that it cannot write, and leaves nothing there', async () => {
    const output = inFolder('missing/places.csv');
    const { stderr, code } = await cli('export', 'places', `--output=${output}`);
    expect({ stderr, code }).toEqual({
      stderr: `${output} cannot be written (ENOENT). Name a file in a folder that exists and is yours.\n`,
      code: 1,
    });
    await expect(access(output)).rejects.toThrow();
  });
});

describe('import', () => {
  test('writes the rows as a run, and names those that it refuses', async () => {
    await createAna();
    await writeFile(inFolder('shops.csv'), 'Title,City\nBook Shop,Quillport\n,Quillport\n');
    const { stdout, stderr, code } = await cli(
      'import',
      inFolder('shops.csv'),
      '--kind=places',
      '--as=ana@example.org',
      '--map=Title=name',
      '--map=City=addressLocality',
    );
    const { id } = await Run.findOne({ rejectOnEmpty: true });
    expect(stdout).toBe(
      [
        `Done. Run ${id}.`,
        '  2 rows: created 1 · updated 0 · unchanged 0 · rejected 1',
        '',
        '  Rejected:',
        '    line 3: name: A place needs a name or a street address; the page gives neither.',
        '',
        `What it changed: npm run review -- ${id}`,
        `Undo: npm run undo -- --run=${id}`,
        '',
      ].join('\n'),
    );
    expect({ stderr, code }).toEqual({ stderr: '', code: 3 });
  });

  test('answers in JSON, and writes nothing in a dry run', async () => {
    await createAna();
    await writeFile(inFolder('places.jsonl'), '{"name":"Town Hall","stars":5}\n');
    const { stdout, code } = await cli(
      'import',
      inFolder('places.jsonl'),
      '--kind=places',
      '--as=ana@example.org',
      '--dry-run',
      '--json',
    );
    expect(JSON.parse(stdout)).toMatchObject({
      dryRun: true,
      created: 1,
      rejected: 0,
      refused: [],
      ignoredFields: ['stars'],
    });
    expect(code).toBe(0);
    expect(await Place.count()).toBe(0);
  });

  test('wants to know whose word it is', async () => {
    await writeFile(inFolder('places.jsonl'), '{"name":"Town Hall"}\n');
    const { stderr, code } = await cli('import', inFolder('places.jsonl'), '--kind=places');
    expect(stderr).toContain('Name the author of the import: --as=EMAIL, or set HOTSPOTS_USER.');
    expect(code).toBe(2);
  });

  test.each([
    [['import'], 'Name the file to import.'],
    [['import', 'places.txt', '--kind=places'], 'does not say its format'],
    [['import', 'places.csv'], 'Say what the rows are: --kind=places|events.'],
    [['import', 'places.csv', '--kind=places', '--map=name'], '--map must be COLUMN=FIELD'],
    [
      ['import', 'a.csv', '--kind=places', '--map=T=nam'],
      '--map: places have no field "nam". Fields are id, ',
    ],
    [['import', 'a.csv', '--kind=places', '--map=T=name', '--map=C=name'], 'two columns cannot both be name'],
    [['import', 'places.csv', '--kind=places', '--time-zone=Mars'], '--time-zone must be an IANA name'],
    [['import', 'places.csv', '--kind=places', '--country=Utopia'], '--country must be an ISO 3166-1 code'],
  ])('says what is wrong with %j', async (args, message) => {
    const { stdout, stderr, code } = await runHere(args);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain(message);
  });
});
