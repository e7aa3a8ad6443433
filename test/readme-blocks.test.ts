import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { Model } from 'sequelize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { resolveAutomatedActor, withScraperActor } from '../src/audit/actors.ts';
import { LogEntry } from '../src/audit/log-entry.ts';
import { parseArguments } from '../src/cli/arguments.ts';
import type { ManagementCommand } from '../src/cli/manage/define-management-command.ts';
import { type PlannedEntry, runManagementCommand } from '../src/cli/manage/runner.ts';
import { crawlSource } from '../src/crawl/crawl-source.ts';
import type { Spider } from '../src/crawl/spider.ts';
import type { Reader } from '../src/extract/reader.ts';
import { runJob } from '../src/jobs/run-job.ts';
import { checkData, type Task } from '../src/jobs/task.ts';
import { bindModels } from '../src/models.ts';
import type { Field } from '../src/records/field.ts';
import { attributesOf, isRead, recordKind } from '../src/records/kind.ts';
import { Place } from '../src/records/place.ts';
import type { RunFacts } from '../src/runs/flags/facts.ts';
import type { FlagRule } from '../src/runs/flags/rules.ts';
import { type Resource, resource } from '../src/web/api/resource.ts';
import type { PagePlugin } from '../src/web/page.ts';
import { eventPage } from './crawl/helpers/event-page.ts';
import { createItemTable, tablePipeline } from './crawl/helpers/table-pipeline.ts';
import { TestSite } from './crawl/helpers/test-site.ts';
import { testSource } from './crawl/helpers/test-source.ts';
import { type ReadmeBlock, readmeBlocks, writeBlocks } from './helpers/readme-blocks.ts';
import { projectRoot } from './helpers/source-tree.ts';
import { temporaryFolder } from './helpers/temporary-folder.ts';
import { createTestDatabase } from './helpers/test-database.ts';
import { startTestWeb } from './helpers/web-server.ts';
import { ApiClient } from './web/api/api-client.ts';

const sourceFile = (file: string) => path.join(projectRoot, 'src', file);
const fromFace = (name: string, face: string) => `import { ${name} } from '${sourceFile(face)}';`;
const typeOf = (name: string, file: string) => `import('${sourceFile(file)}').${name}`;

/**
 * What blocks that only show a call may use without saying where it comes from: the program's faces, and what belongs
 * to the reader of a README, such as their models, users and servers.
 */
const prelude: Readonly<Record<string, string>> = {
  auditlog: fromFace('auditlog', 'audit/index.ts'),
  checkTriggers: fromFace('checkTriggers', 'audit/index.ts'),
  installTriggers: fromFace('installTriggers', 'audit/index.ts'),
  requestDetails: fromFace('requestDetails', 'audit/index.ts'),
  withSystemActor: fromFace('withSystemActor', 'audit/index.ts'),
  withUserActor: fromFace('withUserActor', 'audit/index.ts'),
  applyUndo: fromFace('applyUndo', 'audit/undo/index.ts'),
  planUndo: fromFace('planUndo', 'audit/undo/index.ts'),
  readUndoSteps: fromFace('readUndoSteps', 'audit/undo/index.ts'),
  migrate: fromFace('migrate', 'database/migrate.ts'),
  defineModels: fromFace('defineModels', 'models.ts'),
  sequelize: `declare const sequelize: import('sequelize').Sequelize;`,
  attributes: `declare const attributes: import('sequelize').ModelAttributes;`,
  Article: `import { Model as ArticleModel } from 'sequelize'; declare class Article extends ArticleModel {}`,
  Session: `import { Model as SessionModel } from 'sequelize'; declare class Session extends SessionModel {}`,
  Place: fromFace('Place', 'records/place.ts'),
  place: `declare const place: ${typeOf('Place', 'records/place.ts')};`,
  user: `declare const user: ${typeOf('Actor', 'audit/index.ts')};`,
  ana: `declare const ana: ${typeOf('User', 'records/user.ts')};`,
  text: fromFace('text', 'records/fields.ts'),
  visitors: `const visitors = 'For visitors';`,
  runId: 'declare const runId: string;',
  app:
    `type Asked = import('node:http').IncomingMessage & { user: ${typeOf('Actor', 'audit/index.ts')} }; ` +
    'declare const app: { use(handler: (request: Asked, response: unknown, next: (error?: unknown) => void) => void): void; ' +
    `addHook(name: 'onRequest', hook: (request: Asked & { raw: Asked }, reply: unknown, done: (error?: Error) => void) => void): void };`,
  queue:
    'declare const queue: { work(name: string, handler: (job: { id: string; data: unknown }) => Promise<void>): void };',
  closePlaces: 'declare function closePlaces(data: unknown): Promise<void>;',
  main: 'declare function main(): Promise<void>;',
  seed: 'declare function seed(): Promise<void>;',
};

const isHowTo = ({ heading }: ReadmeBlock) => heading.startsWith('How to add ');

function preludeOf(block: ReadmeBlock): string {
  // What is to be copied must be complete.
  if (isHowTo(block) && block.isComplete) return '';
  const own = new Set(
    block.code
      .match(/(?<=import \{)[^}]+|(?<=\bconst )\w+/g)
      ?.join(',')
      .match(/\w+/g),
  );
  return Object.entries(prelude)
    .filter(([name]) => !own.has(name) && new RegExp(`(?<![.\\w'"])${name}\\b(?!:)`).test(block.code))
    .map(([, statement]) => statement)
    .join(' ');
}

/** What the compiler says of the TypeScript files of a folder; empty when nothing is wrong. */
async function typeErrors(folder: string): Promise<string> {
  const settings = {
    extends: path.join(projectRoot, 'tsconfig.json'),
    // What a block only shows is not always used in it.
    compilerOptions: { noEmit: true, noUnusedLocals: false, noUnusedParameters: false },
    include: ['*.ts', path.join(projectRoot, 'src/**/*.d.ts')],
  };
  await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify(settings));
  // Plugins whose types the pages use; the server that registers them would bring the whole program along.
  const plugins = ['@fastify/csrf-protection', '@fastify/rate-limit', '@fastify/session', '@fastify/swagger'];
  await writeFile(path.join(folder, 'plugins.ts'), plugins.map((name) => `import '${name}';\n`).join(''));
  const compiler = path.join(projectRoot, 'node_modules/.bin/tsc');
  return await new Promise((resolve) => {
    execFile(compiler, ['--project', folder, '--pretty', 'false'], { cwd: folder }, (error, stdout, stderr) =>
      resolve(error === null ? '' : stdout + stderr),
    );
  });
}

const database = await createTestDatabase();
const { sequelize } = database;
const folder = await temporaryFolder();
const blocks = readmeBlocks();
const files = await writeBlocks(folder.path, blocks, preludeOf);

beforeAll(() => bindModels(database));
afterAll(async () => {
  await folder[Symbol.asyncDispose]();
  await database.close();
});

/** Runs the first block of a section, and gives what it exports. */
async function exportsOf(heading: string) {
  const block = blocks.find((each) => each.heading === heading);
  return await import((block && files.get(block)) ?? `no block under ${heading}`);
}

const closedPlace = (name: string) => withScraperActor(() => Place.create({ name, isClosed: true }));
const lastEntry = () => LogEntry.findOne({ order: [['id', 'DESC']], rejectOnEmpty: true });

test('every block of TypeScript in a README passes the type check', async () => {
  expect(blocks.length).toBeGreaterThan(10);
  expect(await typeErrors(folder.path)).toBe('');
}, 300_000);

describe('the block under "How to add …"', () => {
  test.each(blocks.filter(isHowTo))('of $readme, line $line, runs and exports something', async (block) => {
    expect(Object.keys(await import(files.get(block) ?? ''))).not.toEqual([]);
  });

  test('a spider is one whose crawl follows the links it names, and no others', async () => {
    const spider: Spider = (await exportsOf('How to add a spider')).townLibrary;
    await createItemTable(sequelize);
    await using site = await TestSite.start({
      '/': eventPage('start', ['/event/1', '/about']),
      '/event/1': eventPage('story hour', ['/event/2']),
      '/event/2': eventPage('book sale'),
      '/about': eventPage('about'),
    });
    const pipeline = tablePipeline(sequelize);
    const source = testSource(site.url('/'), { spider: spider.name });
    const { state, created } = await crawlSource({ database, spider, pipeline, source });
    expect({ state, created, visits: site.pageVisits }).toEqual({
      state: 'finished',
      created: 3,
      visits: ['/', '/event/1', '/event/2'],
    });
  });

  test('a reader is one that recognises and reads its format', async () => {
    const reader: Reader = (await exportsOf('How to add a reader')).agendaReader;
    const text = 'AGENDA\n2030-05-01 Spring fair\nsoon';
    const body = { text, bytes: Buffer.from(text), type: 'text/plain', url: 'https://town.example/agenda' };
    expect(reader.recognises(body)).toBe(true);
    expect(reader.read(body, { now: Temporal.Now.instant() })).toMatchObject({
      items: [{ kind: 'event', thing: { name: 'Spring fair', startDate: '2030-05-01' } }],
      problems: [{ code: 'agenda-line-unreadable' }],
    });
  });

  test('a field is one that the model, the API and the form then have', async () => {
    const fields: Record<string, Field<unknown>> = (await exportsOf('How to add a field')).members;
    const [name = ''] = Object.keys(fields);
    const kind = recordKind<Record<string, unknown>>(class Garage extends Model {}, {
      table: 'garages',
      fields,
      groups: ['For visitors'],
    });
    const { whole } = resource({
      kind,
      path: 'garages',
      label: 'garage',
      filter: z.strictObject({}),
      where: () => ({}),
      orders: ['id'],
      access: { read: 'public', write: 'editor', remove: 'admin' },
    });
    expect(Object.keys(attributesOf(kind))).toContain(name);
    expect(whole.safeParse({ [name]: 'Behind the hall' }).success).toBe(true);
    expect(isRead(kind, name)).toBe(true);
  });

  test('a flag is one that is raised by an unusual number, and not by a usual or an unknown one', async () => {
    const rule: FlagRule = (await exportsOf('How to add a flag')).pagesGrew;
    const factsOf = (pages: number | null): RunFacts => ({
      pages,
      items: 0,
      rejected: 0,
      isWhole: true,
      models: {},
    });
    const run = { state: 'finished', error: null, pages: 0, changes: 0, undone: 0 } as const;
    const usual = [20, null, 24].map(factsOf);
    const raised = (pages: number | null) => rule.raise({ run, facts: factsOf(pages), usual });
    expect(raised(1200)).toEqual(['1,200 pages were read, usually 22']);
    expect([...raised(66), ...raised(null)]).toEqual([]);
  });

  test('a command is one that reads its options, and writes its answer to the output', async () => {
    await withScraperActor(() => Place.bulkCreate([{ name: 'Green', isClosed: true }, { name: 'Boatyard' }]));
    const file = blocks.find(({ heading }) => heading === 'How to add a command');
    const script =
      `const { count } = await import(${JSON.stringify(file && files.get(file))});` +
      `const { parseArguments } = await import(${JSON.stringify(sourceFile('cli/arguments.ts'))});` +
      `process.exitCode = await count.run(parseArguments('count', count.options, 0, ['--open']));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      {
        env: { ...process.env, DATABASE_URL: database.url },
      },
    );
    expect(stdout).toBe(`${await Place.count({ where: { isClosed: false } })} places\n`);
  });

  test('a task is one that does its work as the system user, and refuses data that do not fit', async () => {
    const task: Task = (await exportsOf('How to add a task')).reopenPlace;
    const place = await closedPlace('Ferry shed');
    const envelope = { data: { placeId: place.id }, actor: null, correlationId: 'reopened' };
    const outcome = await runJob(task, envelope, { database, signal: new AbortController().signal });
    expect(outcome).toEqual({ state: 'done', summary: '1 reopened' });
    expect(await lastEntry()).toMatchObject({
      actorEmail: 'system@vibemap.com',
      correlationId: 'reopened',
      objectId: place.id,
      changes: { isClosed: [true, false] },
    });
    expect(() => checkData(task, { place: 1 })).toThrow(
      'The task reopen-place was given data that it cannot use',
    );
  });

  test('a management command is one whose dry run tells what it then writes as a run of its own', async () => {
    const command: ManagementCommand = (await exportsOf('How to add a management command')).defaultCountry;
    const prepare = (...args: string[]) =>
      command.prepare(parseArguments(command.name, command.options, 0, args));
    await expect(prepare('--country=us')).rejects.toThrow('A country is needed: --country=US.');
    const place = await closedPlace('North light');
    const work = await prepare('--country=US');
    const settings = {
      name: command.name,
      options: {},
      by: await resolveAutomatedActor('system'),
      signal: new AbortController().signal,
      onBatch: () => undefined,
    };
    const planned: PlannedEntry[] = [];
    const onEntries = async (entries: readonly PlannedEntry[]) => void planned.push(...entries);
    await runManagementCommand(sequelize, work, { ...settings, onEntries });
    await place.reload();
    expect(place.addressCountry).toBeNull();
    const { runId, counts } = await runManagementCommand(sequelize, work, settings);
    expect(counts).toMatchObject({ examined: planned.length, changed: planned.length });
    expect(planned.at(-1)?.changes).toEqual({ addressCountry: [null, 'US'] });
    expect(await lastEntry()).toMatchObject({ actorEmail: 'system@vibemap.com', runId, objectId: place.id });
  });

  test('a page and an API resource are served, and write in the name of who is signed in', async () => {
    const page: PagePlugin = (await exportsOf('How to add a page')).closedPlacesPage;
    const tips: Resource = (await exportsOf('How to add an API resource')).userTips;
    const place = await closedPlace('Tide <museum>');
    await using web = await startTestWeb(database, {
      addRoutes: (app) => void app.register(page, { database, sources: async () => [] }),
      apiSettings: { resources: [tips] },
    });
    const [nobody, viewer, editor] = [web.visitor(), await web.as('viewer'), await web.as('editor')];
    expect((await nobody.get('/closed-places')).headers.location).toMatch('/sign-in');
    expect((await viewer.get('/closed-places')).body).toContain('Tide &lt;museum&gt;');
    expect((await viewer.post('/closed-places', { id: place.id })).statusCode).toBe(403);
    expect((await editor.postAs('/closed-places', null, { id: place.id })).statusCode).toBe(403);
    expect((await editor.post('/closed-places', { id: 'none' })).statusCode).toBe(303);
    await editor.post('/closed-places', { id: place.id });
    expect((await editor.get('/closed-places')).body).not.toContain('museum');
    const reopened = { objectId: place.id, changes: { isClosed: [true, false] } };
    expect(await lastEntry()).toMatchObject({ actorEmail: 'editor@example.org', ...reopened });

    const client = await ApiClient.as(web.app, sequelize, 'viewer');
    const made = await client.send('POST', '/user-tips', { placeId: place.id, text: 'Come at high tide.' });
    expect(made).toMatchObject({ status: 201, body: { userId: web.users.viewer.id } });
    expect((await client.get(`/user-tips?placeId=${place.id}`)).body).toMatchObject({ data: [made.body] });
    expect(await lastEntry()).toMatchObject({ actorEmail: 'viewer@example.org', model: 'UserTip' });
  });
});
