import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { projectRoot, readSourceTree } from './helpers/source-tree.ts';

/** Single files at the bottom, which import nothing of the program. */
const leaves = ['src/errors.ts', 'src/ids.ts', 'src/text.ts'];

/**
 * The floors of the house, the ground first. A file may import its own part and every part on a lower floor; parts
 * that share a floor do not import each other. The longest name that fits a file is its part.
 */
const floors: readonly (readonly string[])[] = [
  leaves,
  ['src/config.ts', 'src/extract', 'src/normalise', 'src/records/match'],
  ['src/log.ts'],
  ['src/database'],
  ['src/audit'],
  ['src/records'],
  ['src/accounts', 'src/write-policy'],
  ['src/runs'],
  ['src/models.ts', 'src/records/operations'],
  ['src/crawl'],
  ['pipelines'],
  ['crawlers'],
  ['src/import-export', 'src/app.ts'],
  ['src/jobs'],
  ['src/doctor', 'src/web'],
  ['src/cli'],
];

/** Parts that could live in a library of their own: they import these and nothing else of the program. */
const pure: Readonly<Record<string, readonly string[]>> = {
  'src/extract': leaves,
  'src/normalise': leaves,
  'src/records/match': [...leaves, 'src/normalise'],
  'src/audit': [...leaves, 'src/database'],
};

/** The floors inside the audit layer, the ground first; what is in none of these folders is below them all. */
const auditFloors = ['record', 'triggers', 'read', 'undo', 'proof'];

const files = readSourceTree();
const parts = floors.flat();
const floorOf = new Map(floors.flatMap((floor, index) => floor.map((part) => [part, index] as const)));

function partOf(file: string): string {
  const fitting = parts.filter((part) => file === part || file.startsWith(`${part}/`));
  return fitting.toSorted((a, b) => b.length - a.length)[0] ?? `no part: ${file}`;
}

function importsBetween(isWrong: (from: string, to: string) => boolean): string[] {
  return [...files.values()].flatMap(({ path: from, imports }) =>
    imports.filter((to) => isWrong(from, to)).map((to) => `${from} must not import ${to}`),
  );
}

test('every file belongs to a part', () => {
  expect(files.size).toBeGreaterThan(100);
  expect([...files.keys()].filter((file) => partOf(file).startsWith('no part'))).toEqual([]);
  expect(parts.filter((part) => !existsSync(path.join(projectRoot, part)))).toEqual([]);
});

test('every import goes to the same part or to a lower floor', () => {
  const isUpward = (from: string, to: string) => {
    const [own, other] = [partOf(from), partOf(to)];
    return own !== other && (floorOf.get(other) ?? 0) >= (floorOf.get(own) ?? 0);
  };
  expect(importsBetween(isUpward)).toEqual([]);
});

test('pure parts import nothing else of the program', () => {
  const isImpure = (from: string, to: string) => {
    const allowed = pure[partOf(from)];
    return allowed !== undefined && partOf(to) !== partOf(from) && !allowed.includes(partOf(to));
  };
  expect(importsBetween(isImpure)).toEqual([]);
});

test('inside the audit layer imports go one way', () => {
  const floorInside = (file: string) =>
    file.startsWith('src/audit/') ? auditFloors.indexOf(file.split('/')[2] ?? '') : -2;
  const isBackward = (from: string, to: string) =>
    floorInside(from) >= -1 &&
    floorInside(to) > floorInside(from) &&
    // The face passes on what lies above it, and retention uses all that explains a value.
    !['src/audit/index.ts', 'src/audit/retention.ts'].includes(from);
  expect(importsBetween(isBackward)).toEqual([]);
});

test('a folder with a face is imported through it', () => {
  const hasFace = (folder: string) => files.has(`${folder}/index.ts`);
  /** The outermost folder with a face: what lies in it is one house, whose parts may use each other's files. */
  const houseOf = (file: string) => {
    const steps = path.dirname(file).split('/');
    return steps.map((_, index) => steps.slice(0, index + 1).join('/')).find(hasFace);
  };
  const isPastFace = (from: string, to: string) => {
    const house = houseOf(to);
    return house !== undefined && !from.startsWith(`${house}/`) && path.basename(to) !== 'index.ts';
  };
  const faces = ['src/audit', 'src/jobs', 'src/records', 'src/runs', 'src/write-policy'];
  expect(faces.filter((folder) => !hasFace(folder))).toEqual([]);
  expect(importsBetween(isPastFace)).toEqual([]);
});
