import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** Files that import nothing of ours, and that every layer may import. */
const leaves = ['src/ids.ts', 'src/text.ts'];

/** What each layer may import besides itself and the leaves. The longest name that fits a file is its layer. */
const allowed: Record<string, readonly string[]> = {
  crawlers: ['pipelines', 'src/crawl', 'src/extract', 'src/errors.ts'],
  pipelines: [
    'src/crawl',
    'src/review',
    'src/audit',
    'src/records',
    'src/match',
    'src/normalise',
    'src/models',
    'src/extract',
    'src/errors.ts',
  ],
  'src/app.ts': ['crawlers', 'pipelines', 'src/crawl'],
  'src/cli': [
    'crawlers',
    'src/app.ts',
    'src/doctor',
    'src/jobs',
    'src/web',
    'src/exchange',
    'src/records',
    'src/accounts',
    'src/crawl',
    'src/maintenance',
    'src/review',
    'src/models',
    'src/audit',
    'src/database',
    'src/normalise',
    'src/config.ts',
    'src/errors.ts',
    'src/log.ts',
  ],
  'src/web': [
    'src/exchange',
    'src/records',
    'src/jobs',
    'src/accounts',
    'src/maintenance',
    'src/review',
    'src/normalise',
    'src/models',
    'src/audit',
    'src/database',
    'src/config.ts',
    'src/errors.ts',
    'src/log.ts',
  ],
  'src/doctor': [
    'src/app.ts',
    'src/jobs',
    'src/accounts',
    'src/crawl',
    'src/review',
    'src/models',
    'src/audit',
    'src/database',
    'src/config.ts',
    'src/errors.ts',
  ],
  'src/exchange': [
    'src/records',
    'src/crawl',
    'src/review',
    'src/extract',
    'src/normalise',
    'src/models',
    'src/audit',
    'src/database',
    'src/config.ts',
    'src/errors.ts',
  ],
  'src/jobs': [
    'crawlers',
    'src/app.ts',
    'src/maintenance',
    'src/crawl',
    'src/review',
    'src/normalise',
    'src/models',
    'src/audit',
    'src/database',
    'src/config.ts',
    'src/errors.ts',
    'src/log.ts',
  ],
  'src/crawl': [
    'src/review',
    'src/extract',
    'src/normalise',
    'src/models',
    'src/audit',
    'src/database',
    'src/config.ts',
    'src/errors.ts',
    'src/log.ts',
  ],
  'src/accounts': ['src/models', 'src/audit', 'src/database', 'src/config.ts', 'src/errors.ts', 'src/log.ts'],
  'src/review': ['src/models', 'src/audit', 'src/database', 'src/config.ts', 'src/errors.ts', 'src/log.ts'],
  'src/maintenance': [
    'src/records',
    'src/review',
    'src/match',
    'src/normalise',
    'src/models',
    'src/audit',
    'src/database',
    'src/config.ts',
    'src/errors.ts',
    'src/log.ts',
  ],
  'src/records': [
    'src/match',
    'src/extract',
    'src/normalise',
    'src/models',
    'src/audit',
    'src/database',
    'src/errors.ts',
  ],
  'src/match': [],
  'src/normalise': ['src/errors.ts'],
  'src/extract': ['src/errors.ts'],
  // `define-models.ts` binds the records too.
  'src/models': ['src/records', 'src/audit', 'src/database', 'src/config.ts', 'src/errors.ts', 'src/log.ts'],
  'src/audit': ['src/database', 'src/errors.ts'],
  'src/database': ['src/config.ts', 'src/errors.ts', 'src/log.ts'],
  'src/config.ts': ['src/errors.ts'],
  'src/log.ts': ['src/config.ts'],
  'src/errors.ts': [],
  ...Object.fromEntries(leaves.map((leaf) => [leaf, []])),
};

const files = globSync(['crawlers/**/*.ts', 'pipelines/**/*.ts', 'src/**/*.ts'], { cwd: root }).sort();
const imports = new Map(files.map((file) => [file, importsOf(file)]));

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  const found = text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+\.ts)'/g);
  return [...found].flatMap(([, target]) =>
    target === undefined ? [] : [path.relative(root, path.resolve(root, path.dirname(file), target))],
  );
}

function layerOf(file: string): string {
  const layers = Object.keys(allowed).filter((layer) => file === layer || file.startsWith(`${layer}/`));
  return layers.toSorted((a, b) => b.length - a.length)[0] ?? `no layer: ${file}`;
}

test('every import goes to the same layer or to one below it', () => {
  const wrong = [...imports].flatMap(([file, targets]) =>
    targets
      .filter(
        (target) =>
          layerOf(target) !== layerOf(file) &&
          !leaves.includes(target) &&
          !allowed[layerOf(file)]?.includes(layerOf(target)),
      )
      .map((target) => `${file} must not import ${target}`),
  );
  expect(files.length).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});

/** Folders that others import only through an `index.ts`: that of the folder, or of a part of it. */
const withFaces = ['src/audit'];

test('files of a folder with a face are imported from outside only through a face', () => {
  const past = [...imports].flatMap(([file, targets]) =>
    targets
      .filter((target) =>
        withFaces.some((folder) => target.startsWith(`${folder}/`) && !file.startsWith(`${folder}/`)),
      )
      .filter((target) => path.basename(target) !== 'index.ts')
      .map((target) => `${file} imports ${target}`),
  );
  expect(past).toEqual([]);
});

test('every imported file is there', () => {
  const missing = [...imports].flatMap(([file, targets]) =>
    targets.filter((target) => !imports.has(target)).map((target) => `${file} imports ${target}`),
  );
  expect(missing).toEqual([]);
});

test('no file imports itself by way of others', () => {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) cycles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
    if (done.has(file) || trail.includes(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...trail, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  expect(cycles).toEqual([]);
});

test('no file is longer than 500 lines, and file names are kebab-case', () => {
  const tests = globSync('test/**/*.ts', { cwd: root });
  const long = [...files, ...tests].filter(
    (file) => readFileSync(path.join(root, file), 'utf8').split('\n').length > 500,
  );
  const oddNames = [...files, ...tests].filter(
    (file) => !/^[a-z0-9-]+(\.test|\.config|\.d)?\.ts$/.test(path.basename(file)),
  );
  expect({ long, oddNames }).toEqual({ long: [], oddNames: [] });
});
