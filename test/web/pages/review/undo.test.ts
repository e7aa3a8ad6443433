import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readUndoPlan } from '../../../../src/audit/undo/plan-store.ts';
import { bindModels } from '../../../../src/models.ts';
import { Place } from '../../../../src/records/place.ts';
import { Run } from '../../../../src/runs/run.ts';
import { planUndoOf } from '../../../../src/runs/undo.ts';
import { buildServer } from '../../../../src/web/build-server.ts';
import { UndoWorker } from '../../../../src/web/pages/review/undo.ts';
import { type BadRun, makeBadRun } from '../../../helpers/bad-run.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { waitFor } from '../../../helpers/wait-for.ts';

const database = await createTestDatabase({ poolSize: 1 });
const { sequelize } = database;
let town: BadRun;
beforeAll(async () => {
  await bindModels(database);
  town = await makeBadRun(database, { count: 1210, denied: 1205 });
});
afterAll(async () => {
  await town[Symbol.asyncDispose]();
  await database.close();
});

const plan = () => planUndoOf(sequelize, { filter: { run: town.bad.runId } }, town.people.ana);
const done = async (planId: string) => {
  const [row] = await sequelize.query<{ done: number }>(
    "SELECT count(*)::int AS done FROM undo_steps WHERE plan_id = $1 AND kind <> 'none' AND state = 'done'",
    { bind: [planId], type: QueryTypes.SELECT },
  );
  return row?.done ?? 0;
};
const renamed = () => Place.count({ where: { name: 'Access denied' } });

test('ends after the batch that it is writing, and the next server goes on as who began', async () => {
  const { id } = await plan();
  const before = await renamed();
  const worker = new UndoWorker(sequelize);
  worker.start(id, town.people.ana, 'a block page');
  expect(worker.isRunning(id)).toBe(true);
  await waitFor('the first batch', async () => (await done(id)) > 0);
  await worker.close();
  expect(worker.isRunning(id)).toBe(false);
  const written = await done(id);
  expect(written % 500).toBe(0);
  expect(await renamed()).toBe(before - written);
  expect((await readUndoPlan(sequelize, id)).state).toBe('applying');

  const app = await buildServer(database);
  await app.ready();
  await waitFor('the rest', async () => (await readUndoPlan(sequelize, id)).state === 'applied');
  await app.close();
  const [run, ...others] = await Run.findAll({ where: { kind: 'undo' } });
  expect(run).toMatchObject({ state: 'finished', actorEmail: 'ana@example.org', reason: 'a block page' });
  expect(others).toEqual([]);
  expect(await renamed()).toBe(1);
});

test('survives a plan that cannot be resumed', async () => {
  await Run.create({
    kind: 'undo',
    requestKey: 'undo:4711',
    reason: '',
    actorId: town.people.ana.id,
    actorEmail: town.people.ana.email,
  });
  const worker = new UndoWorker(sequelize);
  worker.resume();
  expect(worker.isResuming).toBe(true);
  await waitFor('the end', () => !worker.isResuming);
  await worker.close();
});

test('tells why it was interrupted, and begins anew when it is asked again', async () => {
  const worker = new UndoWorker(sequelize);
  worker.start('4712', town.people.ana, 'none');
  await waitFor('the error', () => worker.errorOf('4712'));
  expect(worker.errorOf('4712')).toContain('There is no undo plan "4712".');
  expect(worker.isRunning('4712')).toBe(false);
  worker.start('4712', town.people.ana, 'none');
  expect(worker.errorOf('4712')).toBeUndefined();
  await worker.close();
});
