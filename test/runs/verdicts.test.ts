import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withScraperActor } from '../../src/audit/actors.ts';
import { LogEntry } from '../../src/audit/log-entry.ts';
import { findLogEntries } from '../../src/audit/read/search.ts';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { readingContext } from '../../src/runs/log-context.ts';
import { Run } from '../../src/runs/run.ts';
import { findPause, listPauses, resumeSource } from '../../src/runs/source-pauses.ts';
import { giveVerdict, verdictsOf, verdictsOfEntries } from '../../src/runs/verdicts.ts';
import { ana } from '../helpers/as-ana.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();
const { sequelize } = database;
let run: Run;
let entries: LogEntry[];

beforeAll(() => bindModels(database));
afterAll(() => database.close());
beforeEach(async () => {
  await emptyTables(sequelize, 'runs', 'places', 'source_pauses');
  run = await Run.create({
    spider: 'places',
    sourceName: 'town',
    requestKey: 'town',
    actorId: null,
    actorEmail: 'scraper@vibemap.com',
    state: 'finished',
    finishedAt: new Date(),
  });
  await withScraperActor(() => Place.bulkCreate([{ name: 'One' }, { name: 'Two' }]), { runId: run.id });
  entries = await LogEntry.findAll({ where: { model: 'Place' }, order: [['id', 'ASC']] });
});

const idsWith = async (verdict: 'none' | 'good' | 'bad') => {
  const { entries: found } = await findLogEntries(
    sequelize,
    { model: 'Place', verdict },
    { limit: 10 },
    readingContext(),
  );
  return found.map(({ id }) => id).reverse();
};

test('a verdict on a run is kept with who gave it, when and why, and marks its changes', async () => {
  await giveVerdict(sequelize, { runId: run.id }, 'good', { by: ana, note: 'Looked at ten of them.' });
  expect((await run.reload()).verdict).toBe('good');
  expect(await verdictsOf(sequelize, { runId: run.id })).toMatchObject([
    { verdict: 'good', note: 'Looked at ten of them.', givenByEmail: ana.email, givenAt: expect.any(Date) },
  ]);
  const ids = entries.map(({ id }) => id);
  expect(await verdictsOfEntries(sequelize, ids)).toEqual(new Map(ids.map((id) => [id, 'good'])));
  expect([await idsWith('good'), await idsWith('none')]).toEqual([ids, []]);
});

test('a verdict on a change counts more than that of its run, until it is cleared', async () => {
  const [first, second] = entries.map(({ id }) => id);
  await giveVerdict(sequelize, { runId: run.id }, 'good', { by: ana });
  await giveVerdict(sequelize, { entryId: first ?? '' }, 'bad', { by: ana });
  expect([await idsWith('bad'), await idsWith('good')]).toEqual([[first], [second]]);
  await giveVerdict(sequelize, { entryId: first ?? '' }, 'clear', { by: ana });
  expect([await idsWith('bad'), await idsWith('good')]).toEqual([[], [first, second]]);
});

test('a bad run pauses its source until somebody resumes it; clearing resumes nothing', async () => {
  const note = 'A block page.';
  expect(await giveVerdict(sequelize, { runId: run.id }, 'bad', { by: ana, note })).toEqual({
    paused: 'town',
  });
  expect(await findPause(sequelize, 'town')).toMatchObject({
    pausedByEmail: ana.email,
    runId: run.id,
    reason: `Run ${run.id} was judged bad: A block page.`,
  });
  await giveVerdict(sequelize, { runId: run.id }, 'clear', { by: ana });
  expect((await run.reload()).verdict).toBeNull();
  expect(await listPauses(sequelize)).toHaveLength(1);
  expect([await resumeSource(sequelize, 'town'), await resumeSource(sequelize, 'town')]).toEqual([
    true,
    false,
  ]);
});

test('what is not there, or not finished, cannot be judged', async () => {
  const judge = (target: { runId: string } | { entryId: string }) =>
    giveVerdict(sequelize, target, 'good', { by: ana });
  await expect(judge({ runId: '999' })).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
  await expect(judge({ entryId: '999' })).rejects.toMatchObject({ code: 'CHANGE_UNKNOWN' });
  await run.update({ state: 'running', finishedAt: null });
  await expect(judge({ runId: run.id })).rejects.toMatchObject({ code: 'RUN_NOT_FINISHED' });
});
