import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { bindModels } from '../../src/models.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { comparisonTable } from './comparisons.ts';
import { pipeline } from './pipeline.ts';
import { inTurn, measureRounds, renderSummary, timedWork } from './rounds.ts';

test('the README shows every comparison', async () => {
  const readme = await readFile(path.join(import.meta.dirname, 'README.md'), 'utf8');
  expect(readme).toContain(comparisonTable());
});

describe('a measured piece of work', () => {
  const work = { name: 'inserting', run: async () => {}, leaves: { rows: 5, entries: 5 } };

  test('gives its seconds when it left what it is named for', async () => {
    const seconds = await timedWork({ ...work, count: async () => ({ rows: 5, entries: 5, users: 1 }) });
    expect(seconds).toBeGreaterThanOrEqual(0);
  });

  test('is refused when it left something else', async () => {
    await expect(timedWork({ ...work, count: async () => ({ rows: 5, entries: 0 }) })).rejects.toThrow(
      'inserting: the work left 0 entries, and 5 were expected.',
    );
    await expect(timedWork({ ...work, count: async () => ({ rows: 5 }) })).rejects.toThrow(
      'undefined entries',
    );
  });
});

test('the side that comes first changes with each round', async () => {
  const order: string[] = [];
  const note = (side: string) => async () => order.push(side);
  for (const round of [1, 2]) await inTurn(round, note('ours'), note('baseline'));
  expect(order).toEqual(['baseline', 'ours', 'ours', 'baseline']);
});

test('rounds are summed up by their medians', async () => {
  const rates = [
    { ours: 10, baseline: 5 },
    { ours: 30, baseline: 10 },
    { ours: 20, baseline: 20 },
  ];
  const [summary] = await measureRounds(3, async (round) => [
    { comparison: 'pipeline-insert', ...(rates[round - 1] ?? { ours: 0, baseline: 0 }) },
  ]);
  expect(summary).toMatchObject({ name: 'pipeline-insert', ratio: 2, ours: 20, baseline: 10, rounds: 3 });
  expect(summary && renderSummary(summary)).toBe(
    'pipeline-insert: 2.00 × (target 8 ×, missed; 20 against 10 items/s, medians of 3)',
  );
});

test('both sides of the pipeline benchmark insert in every round', async () => {
  await using database = await createTestDatabase();
  await bindModels(database);
  for (const round of [1, 2]) expect(await pipeline(database, round, 0.01)).toHaveLength(2);
});
