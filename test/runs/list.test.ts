import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bindModels } from '../../src/models.ts';
import {
  countWaitingRuns,
  listRuns,
  optionsOfRun,
  parseRunFilter,
  runFilterToQuery,
  runTitle,
} from '../../src/runs/list.ts';
import { Run } from '../../src/runs/run.ts';
import { giveVerdict } from '../../src/runs/verdicts.ts';
import { ana } from '../helpers/as-ana.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

describe('list runs', async () => {
  const database = await createTestDatabase();
  const { sequelize } = database;
  afterAll(() => database.close());

  const flag = { rule: 'same-value', sentence: 'Place.name: one value' };

  /** Runs 1 to 6: of two sources in turns, the odd ones flagged; 5 is an undo by Ana. */
  beforeAll(async () => {
    await bindModels(database);
    for (let n = 1; n <= 6; n += 1) {
      await Run.create({
        kind: n === 5 ? 'undo' : 'crawl',
        spider: n === 5 ? null : 'places',
        sourceName: n === 5 ? null : n % 2 === 0 ? 'even' : 'odd',
        requestKey: `run ${n}`,
        actorId: null,
        actorEmail: n === 5 ? ana.email : 'scraper@vibemap.com',
        state: 'finished',
        startedAt: new Date(Date.UTC(2026, 0, n)),
        finishedAt: new Date(Date.UTC(2026, 0, n)),
        flags: n % 2 === 1 ? [flag] : [],
      });
    }
    await giveVerdict(sequelize, { runId: '3' }, 'good', { by: ana });
  });

  const list = async (query: string, page: { limit: number; before?: string } = { limit: 50 }) => {
    const { waiting, runs, next } = await listRuns(
      sequelize,
      parseRunFilter(new URLSearchParams(query)),
      page,
    );
    return { waiting: waiting.map(({ id }) => id), runs: runs.map(({ id }) => id), next };
  };

  test('pins flagged runs that nobody judged above the others, and counts them', async () => {
    expect(await list('')).toEqual({ waiting: ['5', '1'], runs: ['6', '4', '3', '2'], next: null });
    expect(await countWaitingRuns(sequelize)).toBe(2);
  });

  test('gives a page at a time, and those that wait only once', async () => {
    expect(await list('', { limit: 2 })).toEqual({ waiting: ['5', '1'], runs: ['6', '4'], next: '4' });
    expect(await list('', { limit: 2, before: '4' })).toEqual({ waiting: [], runs: ['3', '2'], next: null });
  });

  test.each([
    ['source=even', ['6', '4', '2']],
    ['source=-even', ['5', '3', '1']],
    ['kind=undo', ['5']],
    [`actor=${ana.email.toUpperCase()}`, ['5']],
    ['verdict=good', ['3']],
    ['verdict=none&source=odd', ['1']],
    ['verdict=-none', ['3']],
    ['flagged=1', ['5', '3', '1']],
    ['flagged=0', ['6', '4', '2']],
    ['since=2026-01-02T00:00Z&until=2026-01-04T00:00Z', ['3', '2']],
  ])('finds the runs that %s asks for', async (query, ids) => {
    const { waiting, runs } = await list(query);
    expect([...waiting, ...runs].sort()).toEqual(ids.toSorted());
    expect(parseRunFilter(runFilterToQuery(parseRunFilter(new URLSearchParams(query))))).toEqual(
      parseRunFilter(new URLSearchParams(query)),
    );
  });

  test.each(['colour=red', 'verdict=fine', 'since=yesterday', 'source=%00'])('refuses %s', (query) => {
    expect(() => parseRunFilter(new URLSearchParams(query))).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });
});

describe('run title', () => {
  const run = { kind: 'crawl', spider: null, sourceName: null, revertsRunId: null, details: {} } as const;

  test.each([
    [{ spider: 'events', sourceName: 'town-library' }, 'events, town-library'],
    [{ kind: 'undo', revertsRunId: '5' }, 'undo of run 5'],
    [{ kind: 'undo' }, 'undo'],
    [{ kind: 'import', details: { file: 'places.csv' } }, 'import of places.csv'],
    [{ kind: 'import' }, 'import'],
    [{ kind: 'command', details: { command: 'cleanup-duplicates' } }, 'command cleanup-duplicates'],
    [{ kind: 'command' }, 'command'],
  ] as const)('%j is called %j', (given, title) => {
    expect(runTitle({ ...run, ...given })).toBe(title);
  });

  test.each([
    [
      { options: { merge: true, city: 'Springfield', field: ['a', 'b'] } },
      '--merge --city=Springfield --field=a --field=b',
    ],
    [{ options: {} }, null],
    [{}, null],
  ])('the options of a command with %j are %j', (details, text) => {
    expect(optionsOfRun({ ...run, kind: 'command', details })).toBe(text);
  });
});
