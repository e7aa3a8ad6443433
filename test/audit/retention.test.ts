import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withSystemActor, withUserActor } from '../../src/audit/actors.ts';
import { LogEntry } from '../../src/audit/log-entry.ts';
import { sealLog } from '../../src/audit/proof/seal.ts';
import { verifyLog } from '../../src/audit/proof/verify-log.ts';
import { type SealProblem, verifySeals } from '../../src/audit/proof/verify-seals.ts';
import { asOf } from '../../src/audit/read/as-of.ts';
import { fieldAuthors } from '../../src/audit/read/authors.ts';
import { auditlog } from '../../src/audit/record/auditlog.ts';
import { pruneLog } from '../../src/audit/retention.ts';
import { planUndo } from '../../src/audit/undo/plan-undo.ts';
import type { Database } from '../../src/database/open-database.ts';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { tamper } from './proof/tamper.ts';

let database: Database;
const ana = { id: null, email: 'ana@example.org' };
const ben = { id: null, email: 'ben@example.org' };
/** Between what is old and what is new. */
const newYear = new Date('2026-01-01T00:00:00Z');

beforeAll(async () => {
  database = await createTestDatabase();
  await bindModels(database);
  // The system user is made at its first write, which is an entry too.
  await withSystemActor(() => Place.create({ name: 'Any' }));
});
afterAll(() => database.close());
beforeEach(() => emptyTables(database.sequelize, 'places', 'log_seals', 'log_prunes'));

/** Makes all entries so far those of the year before. */
const age = () =>
  tamper(
    database.sequelize,
    `UPDATE log_entries SET timestamp = '2025-06-01' WHERE timestamp > '2026-01-01'`,
  );
const seal = () => sealLog(database.sequelize, { patience: 0 });
const prune = (keepFrom: string | null = null, olderThan = newYear) =>
  withSystemActor(() => pruneLog(database.sequelize, { olderThan, keepFrom }));
const entries = async () =>
  (await LogEntry.findAll({ order: [['id', 'ASC']] })).map(
    ({ actorEmail, changes }) => `${actorEmail.split('@')[0]}: ${JSON.stringify(changes.name ?? null)}`,
  );
const problemsOfLog = async () => {
  const found: string[] = [];
  await verifyLog(database.sequelize, auditlog.registrations(), {
    models: ['Place'],
    onProblem: ({ kind, field }) => found.push(`${kind} ${field}`),
  });
  return found;
};
const problemsOfSeals = async () => {
  const found: SealProblem[] = [];
  const verified = await verifySeals(database.sequelize, { onProblem: (problem) => found.push(problem) });
  return { ...verified, kinds: found.map(({ kind }) => kind) };
};

const putBack = `
  INSERT INTO log_entries (id, action, model, object_id, object_label, actor_email, changes)
  OVERRIDING SYSTEM VALUE VALUES (2, 1, 'Place', '1', 'x', 'x@example.org', '{}')`;

/** A place that was renamed twice long ago and once since, and one that was deleted long ago. */
async function writeHistory(): Promise<Place> {
  const place = await withUserActor(ana, () => Place.create({ name: 'One', addressLocality: 'Riverton' }));
  await withUserActor(ben, () => place.update({ name: 'Two' }));
  await withUserActor(ana, () => place.update({ name: 'Three' }));
  const gone = await withUserActor(ben, () => Place.create({ name: 'Gone' }));
  await withUserActor(ben, () => gone.destroy());
  await age();
  await seal();
  await withUserActor(ben, () => place.update({ name: 'Four' }));
  await seal();
  return place;
}

describe('removing old log entries', () => {
  test('keeps of each record that was there what explains how it stood, and all that is newer', async () => {
    await writeHistory();
    expect(await prune()).toMatchObject({
      lastId: '5',
      removedCount: '3',
      keptCount: '2',
      prunedByEmail: 'system@vibemap.com',
    });
    expect(await entries()).toEqual(['ana: [null,"One"]', 'ana: ["Two","Three"]', 'ben: ["Three","Four"]']);
    expect(await problemsOfLog()).toEqual([]);
    expect(await prune()).toBeNull();
  });

  test('still knows who wrote each value', async () => {
    const { id } = await writeHistory();
    await prune();
    const wanted = ['name', 'addressLocality'].map((field) => ({ model: 'Place', objectId: id, field }));
    const authors = [...(await fieldAuthors(database.sequelize, wanted)).values()];
    expect(authors.map(({ actorEmail }) => actorEmail)).toEqual(['ben@example.org', 'ana@example.org']);
  });

  test('starts from what it kept the last time', async () => {
    const place = await writeHistory();
    await prune();
    await withUserActor(ana, () => place.update({ name: 'Five' }));
    await seal();
    expect(await prune(null, new Date('2100-01-01'))).toMatchObject({ removedCount: '2', keptCount: '2' });
    expect(await entries()).toEqual(['ana: [null,"One"]', 'ana: ["Four","Five"]']);
    expect(await problemsOfLog()).toEqual([]);
    expect((await problemsOfSeals()).kinds).toEqual([]);
  });

  test('leaves what is not sealed, and what is still needed', async () => {
    await withUserActor(ana, () => Place.create({ name: 'One' }));
    await age();
    expect(await prune()).toBeNull();
    await seal();
    expect(await prune('1')).toBeNull();
    expect(await prune('2')).not.toBeNull();
  });

  test('needs an actor', async () => {
    await expect(pruneLog(database.sequelize, { olderThan: newYear })).rejects.toMatchObject({
      code: 'AUDIT_NO_ACTOR',
    });
  });

  test('is refused when sealed entries were altered, which it would hide', async () => {
    await writeHistory();
    await tamper(database.sequelize, `UPDATE log_entries SET actor_email = 'x' WHERE id = 2`);
    await expect(prune()).rejects.toMatchObject({ code: 'AUDIT_PRUNE_REFUSED' });
    expect(await LogEntry.count()).toBe(6);
  });
});

describe('after old log entries were removed', () => {
  test('the seals hold, and say up to where they could not be checked', async () => {
    await writeHistory();
    await prune();
    const { kinds, pruned } = await problemsOfSeals();
    expect(kinds).toEqual([]);
    expect(pruned).toMatchObject({ lastId: '5', keptCount: '2', prunedByEmail: 'system@vibemap.com' });
  });

  test.each([
    [
      'an altered entry among the kept',
      `UPDATE log_entries SET object_label = 'x' WHERE id = 1`,
      'kept-differ',
    ],
    ['a removed one among them', 'DELETE FROM log_entries WHERE id = 3', 'kept-differ'],
    ['an entry put back', putBack, 'kept-differ'],
    ['an altered later entry', `UPDATE log_entries SET object_label = 'x' WHERE id = 6`, 'entries-differ'],
    ['a removed later entry', 'DELETE FROM log_entries WHERE id = 6', 'entries-removed'],
  ])('%s is still found', async (_name, statement, kind) => {
    await writeHistory();
    await prune();
    await tamper(database.sequelize, statement);
    expect((await problemsOfSeals()).kinds).toEqual([kind]);
  });

  test('a value that was changed outside the log is still found', async () => {
    const { id } = await writeHistory();
    await prune();
    await database.sequelize.transaction(async (transaction) => {
      await database.sequelize.query('ALTER TABLE places DISABLE TRIGGER ALL', { transaction, raw: true });
      await database.sequelize.query(`UPDATE places SET address_locality = 'Elsewhere' WHERE id = ${id}`, {
        transaction,
        type: QueryTypes.RAW,
        raw: true,
      });
      await database.sequelize.query('ALTER TABLE places ENABLE TRIGGER ALL', { transaction, raw: true });
    });
    expect(await problemsOfLog()).toEqual(['value-differs addressLocality']);
  });

  test('an undo of that time is refused, and one of later changes is not', async () => {
    const { id } = await writeHistory();
    await prune();
    const undo = (entryIds: string[]) => planUndo(database.sequelize, { entryIds }, ana);
    await expect(undo(['3', '6'])).rejects.toMatchObject({ code: 'UNDO_PRUNED' });
    expect((await undo(['6'])).counts).toMatchObject({ restored: 1 });
    await expect(
      asOf(database.sequelize, { model: Place, id: { id } }, { entryId: '3' }),
    ).rejects.toMatchObject({
      code: 'HISTORY_PRUNED',
    });
    await expect(
      asOf(database.sequelize, { model: Place, id: { id } }, new Date('2025-12-31')),
    ).rejects.toMatchObject({ code: 'HISTORY_PRUNED' });
    expect(await asOf(database.sequelize, { model: Place, id: { id } }, new Date())).toMatchObject({
      name: 'Four',
      addressLocality: 'Riverton',
    });
  });
});
