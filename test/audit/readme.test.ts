import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const folder = path.resolve(import.meta.dirname, '../../src/audit');
const readmes = globSync('**/README.md', { cwd: folder });

test.each(readmes)('the files and folders that %s names are there', (readme) => {
  const text = readFileSync(path.join(folder, readme), 'utf8');
  const own = path.dirname(readme);
  const named = [...text.matchAll(/`([a-z][a-z/-]*(?:\.ts|\/))`/g)].map(([, name = '']) => name);
  const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = '']) => target);
  const isThere = (name: string) =>
    [own, '.', '../..'].some((base) => existsSync(path.join(folder, base, name)));
  expect([...named, ...linked].filter((name) => !isThere(name))).toEqual([]);
});

test('the table of parts names every folder of the audit layer', () => {
  const text = readFileSync(path.join(folder, 'README.md'), 'utf8');
  const folders = globSync('*/*.ts', { cwd: folder }).map((file) => path.dirname(file));
  expect(new Set(folders)).toEqual(new Set(['record', 'triggers', 'read', 'undo', 'proof']));
  expect([...new Set(folders)].filter((name) => !text.includes(`\`${name}/\``))).toEqual([]);
});
