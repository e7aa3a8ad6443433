import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { withScraperActor } from '../../src/audit/actors.ts';
import { log } from '../../src/log.ts';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { factsOf, noFieldFacts, type RunFacts, usualFacts } from '../../src/runs/flags/facts.ts';
import { closeRun } from '../../src/runs/lifecycle.ts';
import { Run } from '../../src/runs/run.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();
const { sequelize } = database;
beforeAll(() => bindModels(database));
afterAll(() => database.close());
beforeEach(() => emptyTables(sequelize, 'places', 'events', 'runs'));
afterEach(() => vi.restoreAllMocks());

const crawl = {
  spider: 'places',
  sourceName: 'town',
  requestKey: 'town',
  actorId: null,
  actorEmail: 'scraper@example.org',
};
const ended = { ...crawl, state: 'finished', finishedAt: new Date() } as const;

/** Facts as they are stored now, but for their version. */
function facts(items = 40): RunFacts {
  const fields = { name: { ...noFieldFacts, updates: 3 } };
  return {
    pages: 20,
    items,
    rejected: 0,
    isWhole: true,
    models: { Place: { known: 40, created: 0, updated: 3, deleted: 0, moved: 0, fields } },
  };
}

/** A good crawl of the town, with what is stored of it. */
function goodRun(details: Record<string, unknown>): Promise<Run> {
  return Run.create({ ...ended, verdict: 'good', details });
}

/** What a new crawl of the town is compared with. */
async function usual(): Promise<RunFacts[]> {
  const run = await Run.create(crawl);
  return await sequelize.transaction((transaction) => usualFacts(run, transaction));
}

describe('what is usual for a source', () => {
  test('includes runs stored by an older program, which did not know every fact', async () => {
    const { models, rejected: _unknown, ...older } = facts();
    const { moved: _later, fields: _newer, ...place } = models.Place ?? {};
    await goodRun({ facts: { ...older, models: { Place: place } } });
    const expected = { ...facts(), rejected: null };
    expect(await usual()).toEqual([
      { ...expected, models: { Place: { ...facts().models.Place, moved: null, fields: {} } } },
    ]);
  });

  test('includes runs stored by a newer program, which knew more facts', async () => {
    await goodRun({ facts: { ...facts(), version: 1, withdrawn: 7 } });
    expect(await usual()).toEqual([facts()]);
  });

  test('leaves out what cannot be read, says so, and takes older runs in its place', async () => {
    const warn = vi.spyOn(log, 'warn').mockReturnValue();
    await goodRun({ facts: facts(30) });
    const newer = await Promise.all(
      Array.from({ length: 11 }, () => goodRun({ facts: { ...facts(), version: 2 } })),
    );
    expect(await usual()).toEqual([facts(30)]);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('do not count as usual'), {
      source: 'town',
      runs: newer.map(({ id }) => id).toSorted((a, b) => Number(b) - Number(a)),
      error: expect.objectContaining({
        code: 'STORED_JSON_UNREADABLE',
        message: expect.stringContaining('It has version 2, and this program reads version 1.'),
      }),
    });
  });

  test('is not pushed out by dry runs', async () => {
    const warn = vi.spyOn(log, 'warn');
    await Run.create({ ...ended, details: { facts: facts() } });
    await Run.bulkCreate(Array.from({ length: 31 }, () => ({ ...ended, details: { dryRun: true } })));
    expect(await usual()).toEqual([facts()]);
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('what a run did', () => {
  test('is stored with a version when the run ends, and read again', async () => {
    const run = await Run.create({ ...ended, pages: 2, items: 1 });
    await withScraperActor(() => Place.create({ name: 'Town Hall' }), { runId: run.id });
    await sequelize.transaction((transaction) => closeRun(sequelize, run.id, transaction));
    await run.reload();
    expect(run.details.facts).toMatchObject({ version: 1, pages: 2 });
    const read = factsOf(run);
    expect(read).toMatchObject({ pages: 2, items: 1, rejected: 0, isWhole: expect.any(Boolean) });
    expect(read?.models.Place).toMatchObject({ known: 0, created: 1, updated: 0, deleted: 0, moved: 0 });
    expect(read?.models.Place?.fields.name).toEqual({ ...noFieldFacts, filled: 1 });
  });

  test('is null for a run that has not ended', async () => {
    expect(factsOf(await Run.create(crawl))).toBeNull();
  });

  test('is an error when it has another form', async () => {
    const run = await goodRun({ facts: { pages: 'many' } });
    expect(() => factsOf(run)).toThrow(
      expect.objectContaining({
        code: 'STORED_JSON_UNREADABLE',
        message: expect.stringMatching(/^What run \d+ did cannot be read\..*\n?.*at pages/s),
      }),
    );
  });
});
