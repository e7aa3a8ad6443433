import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { asAna } from '../helpers/as-ana.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { loadedModules } from './helpers/loaded-modules.ts';

const database = await createTestDatabase();
const environment = { DATABASE_URL: database.url };

beforeAll(async () => {
  await bindModels(database);
  await asAna(() => Place.create({ name: 'Zoo' }));
});
afterAll(() => database.close());

/** How many files come from each package, for whoever has to find what became heavier. */
function byPackage(files: readonly string[]): string {
  const names = files.map((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? 'hotspots');
  const counts = Map.groupBy(names, (name) => name);
  return [...counts].map(([name, { length }]) => `${name} ${length}`).join(', ');
}

describe('a command loads only the modules that it needs', () => {
  test.each([
    [['--help'], 0, 50],
    [['crwl'], 2, 50],
    [['review'], 0, 600],
    [['history', 'Place', '1'], 0, 620],
    [['undo', '--change=1'], 0, 720],
    [['jobs'], 0, 720],
    [['schedule'], 0, 880],
    [['manage', 'mark-past-events'], 0, 740],
    [['doctor'], 0, 880],
    [['spiders'], 0, 820],
  ])('%j ends with code %i and loads at most %i', async (args, exitCode, most) => {
    const { code, files } = await loadedModules(args, environment);
    expect(code).toBe(exitCode);
    expect(files.length, byPackage(files)).toBeLessThanOrEqual(most);
  });

  test('and the packages of other commands are not among them', async () => {
    const { files } = await loadedModules(['review'], environment);
    const other = files.filter((file) =>
      /^node_modules\/(@crawlee|@fastify|fastify|pg-boss|playwright|umzug|undici|yaml|libphonenumber-js|csv-stringify)\//.test(
        file,
      ),
    );
    expect(other).toEqual([]);
  });
});
