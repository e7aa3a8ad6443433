import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runCli } from './helpers/run-cli.ts';

const root = path.resolve(import.meta.dirname, '..');
const readJson = (name: string): unknown => JSON.parse(readFileSync(path.join(root, name), 'utf8'));

const versions = z.record(z.string(), z.string());
const manifest = z
  .object({ dependencies: versions, optionalDependencies: versions, devDependencies: versions })
  .parse(readJson('package.json'));
const atRunTime = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
const declared = [...atRunTime, ...Object.keys(manifest.devDependencies)];

/** Used without an import: what runs the program, and the tools of the scripts in package.json. */
const tools = ['node', '@biomejs/biome', 'typescript', 'vitest'];

/** The packages that the code of a file names, at its beginning or late; without types if `values`. */
function packagesOf(file: string, { values }: { values: boolean }): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const code = values ? stripTypeScriptTypes(text) : text;
  const named = [
    ...code.matchAll(/^(?:import|export)\b[^;'"=()]*?\bfrom\s*'([@a-z][^']*)'|^import '([@a-z][^']*)'/gm),
    ...code.matchAll(
      /\b(?:import|import\.meta\.resolve|createRequire\(import\.meta\.url\))\('([@a-z][^']*)'/g,
    ),
  ].map(([, name, bare]) => name ?? bare ?? '');
  return named
    .filter((name) => !name.startsWith('node:'))
    .map((name) =>
      name
        .split('/')
        .slice(0, name.startsWith('@') ? 2 : 1)
        .join('/'),
    );
}

function packagesIn(folders: string, options: { values: boolean }): Set<string> {
  return new Set(globSync(`${folders}/**/*.ts`, { cwd: root }).flatMap((file) => packagesOf(file, options)));
}

describe('package.json', () => {
  const program = '{src,crawlers,pipelines}';

  test('declares every package that the program loads as one that it needs at run time', () => {
    const loaded = packagesIn(program, { values: true });
    expect(loaded.size).toBeGreaterThan(30);
    expect([...loaded].filter((name) => !atRunTime.includes(name))).toEqual([]);
  });

  test('declares no package at run time that the program does not load', () => {
    const loaded = packagesIn(program, { values: true });
    expect(atRunTime.filter((name) => !loaded.has(name) && !tools.includes(name))).toEqual([]);
  });

  test('declares every package whose types are used, and none for development that nothing uses', () => {
    const used = packagesIn('{src,crawlers,pipelines,test}', { values: false });
    const isType = (name: string) => name.startsWith('@types/');
    const unused = declared.filter((name) => !used.has(name) && !tools.includes(name) && !isType(name));
    const inProgram = [...packagesIn(program, { values: false })];
    expect({ unused, undeclared: inProgram.filter((name) => !declared.includes(name)) }).toEqual({
      unused: [],
      undeclared: [],
    });
  });

  test('has a lock file without engines, so that npm ci says nothing of the Node that npm itself runs on', () => {
    const lock = z
      .object({ packages: z.record(z.string(), z.object({ engines: z.unknown().optional() })) })
      .parse(readJson('package-lock.json'));
    const asking = Object.entries(lock.packages).filter(
      ([name, { engines }]) => name !== '' && engines !== undefined,
    );
    expect(
      asking.map(([name]) => name),
      'Run: npm run tidy-lock',
    ).toEqual([]);
  });
});

describe('without the optional packages', () => {
  const without = (packages: string, ...args: string[]) =>
    runCli(args, {
      HIDDEN_PACKAGES: packages,
      NODE_OPTIONS: `--import=${path.join(import.meta.dirname, 'helpers/hide-packages.ts')}`,
    });

  test('audit find-writes says how to install what it needs', async () => {
    const { code, stdout, stderr } = await without('@babel/[^/]+', 'audit', 'find-writes', 'src/cli');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      'audit find-writes needs the packages @babel/parser and @babel/traverse, which are not installed. ' +
        'Install the optional packages too: npm ci --include=optional\n',
    );
  });

  test('other commands work', async () => {
    const { code, stderr } = await without('@babel/[^/]+|playwright', 'audit', 'find-writes', '--help');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});
