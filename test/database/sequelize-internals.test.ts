import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { checkInternals } from '../../src/database/sequelize-internals.ts';
import { HotspotsError } from '../../src/errors.ts';

const root = path.resolve(import.meta.dirname, '../..');
const versions = { sequelize: '6.37.8', pg: '8.23.1' };

function problemOf(check: () => void): string {
  try {
    check();
  } catch (error) {
    if (error instanceof HotspotsError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}

test('the installed versions are supported', () => {
  expect(problemOf(() => checkInternals())).toBe('none');
});

test.each(['6.37.0', '6.37.8', '6.38.0', '6.100.2'])('Sequelize %s is supported', (sequelize) => {
  expect(problemOf(() => checkInternals({ ...versions, sequelize }))).toBe('none');
});

test.each(['5.22.5', '6.36.9', '7.0.0', '7.0.0-alpha.46', '60.37.0'])(
  'Sequelize %s is refused',
  (sequelize) => {
    const problem = problemOf(() => checkInternals({ ...versions, sequelize }));
    expect(problem).toContain(
      `DEPENDENCY_UNSUPPORTED: sequelize ${sequelize} is installed, and this program supports 6.37 and later, below 7.`,
    );
    expect(problem).toContain('Run npm ci');
  },
);

test.each(['7.18.2', '8.22.0', '9.0.0'])('pg %s is refused', (pg) => {
  expect(problemOf(() => checkInternals({ ...versions, pg }))).toContain(
    `DEPENDENCY_UNSUPPORTED: pg ${pg} is installed, and this program supports 8.23 and later, below 9.`,
  );
});

test('a supported version without a method that the program relies on is refused by the name of the method', () => {
  expect(problemOf(() => checkInternals(versions, ['_injectScope', 'prepareEnvironment']))).toContain(
    'DEPENDENCY_UNSUPPORTED: sequelize 6.37.8 has no _injectScope, no prepareEnvironment.',
  );
});

test('package.json asks for versions that are supported', () => {
  const { dependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const lowest = { sequelize: dependencies.sequelize.slice(1), pg: dependencies.pg.slice(1) };
  expect([dependencies.sequelize[0], dependencies.pg[0]]).toEqual(['^', '^']);
  expect(problemOf(() => checkInternals(lowest))).toBe('none');
});

test('no other file touches what is private to Sequelize or pg', () => {
  const isPrivate = /['.]_[a-z]\w+|prepareEnvironment|Transaction\.prototype|connectionManager|new Proxy\(/;
  const ours = /'_csrf'|'_(?:text|varchar)'/g;
  const files = globSync(['crawlers/**/*.ts', 'pipelines/**/*.ts', 'src/**/*.ts'], { cwd: root });
  const touching = files.filter((file) =>
    isPrivate.test(readFileSync(path.join(root, file), 'utf8').replaceAll(ours, '')),
  );
  expect(files.length).toBeGreaterThan(100);
  expect(touching).toEqual(['src/database/sequelize-internals.ts']);
});
