import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withScraperActor } from '../../src/audit/actors.ts';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { closeRun } from '../../src/runs/lifecycle.ts';
import { Run } from '../../src/runs/run.ts';
import { planUndoOf } from '../../src/runs/undo.ts';
import { asAna } from '../helpers/as-ana.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();
const { sequelize } = database;
beforeAll(() => bindModels(database));
afterAll(() => database.close());
beforeEach(() => emptyTables(sequelize, 'places', 'events', 'runs'));

const una = { id: null, email: 'una@example.org' };

/** A crawl that wrote two names into one place, one after the other. */
async function badRun(): Promise<string> {
  const place = await asAna(() => Place.create({ name: 'Right' }));
  const { id } = await Run.create({
    spider: 'places',
    sourceName: 'town',
    actorId: null,
    actorEmail: 'scraper@example.org',
    requestKey: crypto.randomUUID(),
  });
  await withScraperActor(
    async () => {
      await place.update({ name: 'Wrong' });
      await place.update({ name: 'More wrong' });
    },
    { runId: id },
  );
  await sequelize.transaction((transaction) => closeRun(sequelize, id, transaction));
  return id;
}

/** As the owner of the log may do. */
function dropEntries(): Promise<void> {
  return sequelize.transaction(async (transaction) => {
    await sequelize.query('SET LOCAL hotspots.retention = on', { transaction });
    await sequelize.query('DELETE FROM log_entries', { transaction });
  });
}

describe('the plan to undo a run', () => {
  test('is made while the log has its entries', async () => {
    const plan = await planUndoOf(sequelize, { filter: { run: await badRun() } }, una);
    expect(plan.counts).toMatchObject({ restored: 1, entries: 2, skipped: 0 });
  });

  test('is refused when its entries were removed, and says how many there were', async () => {
    const run = await badRun();
    await dropEntries();
    await expect(planUndoOf(sequelize, { filter: { run } }, una)).rejects.toMatchObject({
      code: 'UNDO_PRUNED',
      message: expect.stringContaining('2 changes'),
    });
  });

  test('of nothing is refused as nothing, not as removed', async () => {
    await badRun();
    await expect(planUndoOf(sequelize, { filter: { run: '4711' } }, una)).rejects.toMatchObject({
      code: 'UNDO_NOTHING',
    });
    await expect(
      planUndoOf(sequelize, { filter: { actor: 'nobody@example.org' } }, una),
    ).rejects.toMatchObject({ code: 'UNDO_NOTHING' });
  });
});
