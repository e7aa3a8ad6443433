import { describe, expect, test } from 'vitest';
import { findIn, linesIn } from './find-in.ts';

const models = `import { Model } from 'sequelize';
export class Place extends Model {}
`;

/** The context of the only \`Place.create\` in the code; \`enclosed\` where it is not listed. */
async function contextIn(code: string, others: Record<string, string> = {}): Promise<string> {
  const imports = `import { Place } from './models.ts';
import { withUserActor, withSystemActor as asSystem, withScraperActor } from 'hotspots/audit';
import * as audit from './unread/audit.ts';
`;
  const { writes, enclosed } = await findIn({ 'models.ts': models, 'work.ts': imports + code, ...others });
  expect(writes.length + enclosed).toBe(1);
  return writes[0]?.context ?? 'enclosed';
}

describe('a write is enclosed', () => {
  test.each([
    ['in the callback', 'withUserActor(user, async () => { await Place.create({}); });'],
    ['under another name', 'asSystem(() => Place.create({}));'],
    ['of the scraper', 'withScraperActor(function () { return Place.create({}); }, { runId });'],
    ['through a namespace', 'audit.withSystemActor(() => Place.create({}));'],
    [
      'deep inside',
      'asSystem(async () => { for (const a of b) await Promise.all(a.map((c) => Place.create(c))); });',
    ],
    [
      'in a transaction inside',
      'asSystem(() => sequelize.transaction((t) => Place.create({}, { transaction: t })));',
    ],
    ['in a transaction around', 'sequelize.transaction(() => asSystem(() => Place.create({})));'],
    ['by its name', 'const work = async () => { await Place.create({}); };\nasSystem(work);'],
    [
      'by its only caller',
      'async function add() { await Place.create({}); }\nasSystem(async () => { await add(); });',
    ],
    [
      'by all its callers',
      'function add() { return Place.create({}); }\nasSystem(() => add());\nwithUserActor(u, () => add());',
    ],
    [
      'by callers of callers',
      'const a = () => Place.create({});\nconst b = () => a();\nconst c = () => b();\nasSystem(() => c());',
    ],
    [
      'in recursion',
      'function walk(n) { if (n) walk(n - 1); return Place.create({}); }\nasSystem(() => walk(3));',
    ],
    [
      'by a wrapper',
      'const asAdmin = (work) => withUserActor(admin, () => work());\nasAdmin(() => Place.create({}));',
    ],
    [
      'by a wrapper that passes it on',
      'function asAdmin(work) { return withUserActor(admin, work); }\nasAdmin(async () => Place.create({}));',
    ],
    [
      'in a method',
      'class Job { async run() { await this.add(); }\n async add() { await Place.create({}); } }\nasSystem(() => new Job().run());',
    ],
    [
      'in a method by its name',
      'class Adder { addPlace() { return Place.create({}); } }\nasSystem(async () => { (await make()).addPlace(); });',
    ],
    ['bound', 'async function add() { await Place.create({}); }\nasSystem(add.bind(null, 1));'],
    ['asserted', 'asSystem((async () => { await Place.create({}); }) as any);'],
  ])('%s', async (_, code) => {
    expect(await contextIn(code)).toBe('enclosed');
  });

  test('by a caller in another file, also through an export of an export', async () => {
    const add = 'export async function add() { await Place.create({}); }';
    const caller = `import { add as put } from './barrel.ts';\nimport { withSystemActor } from 'x';\nwithSystemActor(() => put());`;
    expect(await contextIn(add, { 'barrel.ts': "export { add } from './work.ts';", 'main.ts': caller })).toBe(
      'enclosed',
    );
    const whole = `const work = require('./work.ts');\nconst { withSystemActor } = require('x');\nwithSystemActor(() => work.add());`;
    expect(await contextIn(add, { 'main.cjs': whole })).toBe('enclosed');
  });
});

describe('a write is unenclosed', () => {
  test.each([
    ['at the top of a file', 'await Place.create({});'],
    ['beside the callback', 'asSystem(() => 1).then(() => Place.create({}));'],
    ['in another argument', 'withUserActor(await Place.create({}), () => 1);'],
    [
      'where one of two callers is',
      'function add() { return Place.create({}); }\nasSystem(() => add());\nadd();',
    ],
    [
      'where a caller of a caller is',
      'const a = () => Place.create({});\nconst b = () => a();\nasSystem(() => b());\nb();',
    ],
    [
      'in a wrapper that calls it outside, too',
      'const both = (work) => { work(); return asSystem(work); };\nboth(() => Place.create({}));',
    ],
    [
      'in a function that is named like it',
      'const withUserActor2 = (u, f) => f();\nwithUserActor2(u, () => Place.create({}));',
    ],
    ['in a timer', 'setTimeout(() => Place.create({}), 10);'],
    ['called at once', '(async () => { await Place.create({}); })();'],
  ])('%s', async (_, code) => {
    expect(await contextIn(code)).toBe('unenclosed');
  });
});

describe('a write has an unknown caller', () => {
  test.each([
    ['in an exported function', 'export async function add() { await Place.create({}); }'],
    ['in a function that nobody calls', 'async function add() { await Place.create({}); }'],
    [
      'in functions that only call each other',
      'function a() { b(); }\nfunction b() { a(); return Place.create({}); }',
    ],
    [
      'in a route',
      "router.post('/places', async (request, reply) => { await Place.create(request.body); });",
    ],
    ['in a route by its name', "const add = () => Place.create({});\nrouter.post('/places', add);"],
    [
      'in a listener inside a function',
      "export function listen(bus) { bus.on('x', () => Place.create({})); }",
    ],
    [
      'where one caller is exported',
      'function add() { return Place.create({}); }\nasSystem(() => add());\nexport const open = () => add();',
    ],
    [
      'in a method of several of the name',
      'class A { put() { return Place.create({}); } }\nclass B { put() {} }\nthing.put();',
    ],
    ['in the function that finds the user', 'withUserActor(() => Place.create({}), () => 1);'],
    ['handed from name to name in circles', 'a.run = b.go; b.go = a.run; c.run = () => Place.create({});'],
    [
      'of a name that is called everywhere',
      `class A { get() { return Place.create({}); } }\n${'asSystem(() => x.get());\n'.repeat(201)}`,
    ],
    ['in an exported object', 'export default { add: async () => Place.create({}) };'],
  ])('%s', async (_, code) => {
    expect(await contextIn(code)).toBe('unknown caller');
  });
});

describe('what hooks do not see', () => {
  const code = {
    'models.ts': models,
    'work.ts': `import { Place } from './models.ts';
withSystemActor(async () => {
  await Place.create({}, { hooks: false });
  await Place.bulkCreate([], { ignoreDuplicates: true });
  await Place.upsert({});
  await (await Place.findOne()).increment('a');
  await sequelize.query('DELETE FROM places');
  await Place.create({}, { hooks: true });
});`,
  };

  test('is in order where there are triggers, but for hooks: false', async () => {
    const { writes, enclosed, enclosedByTriggers } = await findIn(code);
    expect(writes).toMatchObject([
      { line: 3, context: 'enclosed', problems: ['refused without triggers: leave out hooks: false'] },
    ]);
    expect({ enclosed, enclosedByTriggers }).toEqual({ enclosed: 5, enclosedByTriggers: 4 });
  });

  test('is listed where there are none, with what to do instead', async () => {
    const { writes, enclosed } = await findIn(code, { triggers: false });
    expect(writes.map(({ line, problems }) => [line, ...problems])).toEqual([
      [3, 'refused without triggers: leave out hooks: false'],
      [4, 'refused without triggers: use updateOnDuplicate'],
      [5, 'refused without triggers: use bulkCreate([row], { updateOnDuplicate: [...] })'],
      [6, 'refused without triggers: load the row FOR UPDATE, add, and save it'],
      [7, 'not recorded without triggers'],
    ]);
    expect(enclosed).toBe(1);
  });
});

describe('files', () => {
  test('of all kinds are read, but no packages, declarations, hidden folders or links', async () => {
    const text = "sequelize.query('DELETE FROM places');";
    const kinds = ['ts', 'tsx', 'js', 'jsx', 'mjs', 'cjs', 'mts', 'cts'];
    const left = [
      'node_modules/a/index.js',
      'types.d.ts',
      'types.d.mts',
      '.cache/a.js',
      'data.json',
      'deep/node_modules/b.ts',
    ];
    const lines = await linesIn(
      Object.fromEntries([...kinds.map((kind) => `a.${kind}`), ...left].map((name) => [name, text])),
    );
    expect(lines).toEqual(kinds.map((kind) => `a.${kind}:1 sequelize.query DELETE places unenclosed`).sort());
  });

  test('with mistakes are reported with their line, and the rest is read', async () => {
    const write = "sequelize.query('DELETE FROM places');";
    const { writes, problems, files } = await findIn({
      'a.ts': `${write}\nlet b; let b;`,
      'c.ts': 'const = ;',
      'deep.js': `x = ${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      'empty.ts': '',
      'long.js': `// ${'x'.repeat(1024 * 1024)}`,
      'ok.ts': write,
    });
    expect(problems).toMatchObject([
      { file: 'a.ts', line: 2, message: "Identifier 'b' has already been declared." },
      { file: 'c.ts', line: 1 },
      { file: 'deep.js', line: null, message: 'nested too deeply to be read' },
      { file: 'long.js', line: null, message: 'not read: larger than 1024 KiB' },
    ]);
    expect(writes.map(({ file }) => file)).toContain('ok.ts');
    expect(files).toBeGreaterThanOrEqual(2);
  });

  test('that hold names in circles end', async () => {
    const { files } = await findIn({
      'a.ts':
        "import { b } from './b.ts';\nexport const a = b;\nlet c = d; var d = c; c = d; a.create(); c.save();",
      'b.ts':
        "import { a } from './a.ts';\nexport const b = a;\nexport * from './b.ts';\nclass X extends X {}\nX.create();",
    });
    expect(files).toBe(2);
  });
});
