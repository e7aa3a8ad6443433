import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot, readSourceTree } from './helpers/source-tree.ts';

/** What the code may look like as a whole; lines are those of files, empty ones and comments among them. */
const limits = {
  files: 450,
  medianLines: [80, 140],
  p95Lines: 260,
  longestFile: 400,
  importsPerThousandLines: 45,
} as const;

const files = [...readSourceTree().values()];
const lengths = files.map(({ lines }) => lines).toSorted((a, b) => a - b);
const lengthAt = (share: number) => lengths[Math.floor(lengths.length * share)] ?? 0;
const allLines = lengths.reduce((sum, lines) => sum + lines, 0);
const allImports = files.reduce((sum, { imports }) => sum + imports.length, 0);

test('files are whole, and not too long', () => {
  const shape = {
    files: files.length,
    lines: allLines,
    medianLines: lengthAt(0.5),
    p95Lines: lengthAt(0.95),
    longestFile: lengths.at(-1) ?? 0,
    importsPerThousandLines: Number(((allImports / allLines) * 1000).toFixed(1)),
  };
  process.stdout.write(`The shape of the code: ${JSON.stringify(shape)}\n`);
  expect(shape.files).toBeLessThanOrEqual(limits.files);
  expect(shape.medianLines).toBeGreaterThanOrEqual(limits.medianLines[0]);
  expect(shape.medianLines).toBeLessThanOrEqual(limits.medianLines[1]);
  expect(shape.p95Lines).toBeLessThanOrEqual(limits.p95Lines);
  expect(shape.longestFile).toBeLessThanOrEqual(limits.longestFile);
  expect(shape.importsPerThousandLines).toBeLessThanOrEqual(limits.importsPerThousandLines);
});

test('every imported file exists', () => {
  const known = new Set(files.map((file) => file.path));
  const missing = files.flatMap((file) =>
    file.imports.filter((target) => !known.has(target)).map((target) => `${file.path} imports ${target}`),
  );
  expect(missing).toEqual([]);
});

test('no file imports itself by way of others', () => {
  const importsOf = new Map(files.map((file) => [file.path, file.imports]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
    if (done.has(file) || trail.includes(file)) return;
    for (const target of importsOf.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of importsOf.keys()) visit(file, []);
  expect(cycles).toEqual([]);
});

test('no name is exported with two meanings', () => {
  const places = new Map<string, string[]>();
  for (const { path: file, exports } of files) {
    // Migrations are a list: each has the same two names.
    if (file.startsWith('src/database/migrations/')) continue;
    for (const name of new Set(exports)) places.set(name, [...(places.get(name) ?? []), file]);
  }
  const twice = [...places]
    .filter(([, where]) => where.length > 1)
    .map(([name, where]) => `${name}: ${where}`);
  expect(twice).toEqual([]);
});

test('every file of the program that code or tests name exists', () => {
  const all = globSync(['{crawlers,pipelines,src,test}/**/*.{ts,cjs}', '.ci/run'], { cwd: projectRoot });
  const missing = all
    .filter((file) => !file.startsWith('test/fixtures/'))
    .flatMap((file) =>
      Array.from(
        readFileSync(path.join(projectRoot, file), 'utf8').matchAll(
          /(?<![\w/.*])(?:\.\/)?((?:src|pipelines|crawlers)\/[\w./-]+\.(?:ts|cjs))\b/g,
        ),
        ([, name = '']) => `${file} names ${name}`,
      ).filter((sentence) => !existsSync(path.join(projectRoot, sentence.split(' names ')[1] ?? ''))),
    );
  expect(missing).toEqual([]);
});

test('file names are in kebab case', () => {
  const all = [...files.map((file) => file.path), ...globSync('test/**/*.ts', { cwd: projectRoot })];
  const odd = all.filter((file) => !/^[a-z0-9-]+(\.test|\.config|\.d)?\.ts$/.test(path.basename(file)));
  expect(odd).toEqual([]);
});
