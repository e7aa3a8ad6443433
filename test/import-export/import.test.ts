import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { placePipeline } from '../../pipelines/place.ts';
import { withUserActor } from '../../src/audit/actors.ts';
import { LogEntry } from '../../src/audit/log-entry.ts';
import { lockWork } from '../../src/database/work-lock.ts';
import { HotspotsError } from '../../src/errors.ts';
import { bindModels } from '../../src/models.ts';
import { Event } from '../../src/records/event.ts';
import { Place } from '../../src/records/place.ts';
import { RejectedItem } from '../../src/records/sources.ts';
import { User } from '../../src/records/user.ts';
import { HeldRun } from '../../src/runs/lifecycle.ts';
import { runTitle } from '../../src/runs/list.ts';
import { Run } from '../../src/runs/run.ts';
import { applyUndoPlan, planUndoOf } from '../../src/runs/undo.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { placeItem, writeBatch } from '../helpers/pipeline-runner.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { waitFor } from '../helpers/wait-for.ts';
import { exportedText } from './helpers/exported-text.ts';
import { importText } from './helpers/import-text.ts';

const database = await createTestDatabase();
const { sequelize } = database;
const folder = await temporaryFolder();
beforeAll(() => bindModels(database));
afterAll(async () => {
  await database.close();
  await folder[Symbol.asyncDispose]();
});

let by: User;
beforeEach(async () => {
  await emptyTables(
    sequelize,
    'users',
    'places',
    'events',
    'runs',
    'source_records',
    'match_keys',
    'rejected_items',
    'undo_plans',
    'undone_entries',
    'holds',
    'released_fields',
    'suggestions',
  );
  by = await withUserActor({ id: null, email: 'setup@example.org' }, () =>
    User.create({ email: 'ana@example.org', username: 'ana', role: 'admin', passwordHash: null }),
  );
});

const given = () => ({ by, folder: folder.path });
const lines = (...rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const hall = { name: 'Town Hall', streetAddress: '1 Main Street', addressLocality: 'Quillport' };
const mill = { name: 'Old Mill', streetAddress: '2 Main Street', addressLocality: 'Quillport' };

async function undo(runId: string): Promise<void> {
  const plan = await planUndoOf(sequelize, { filter: { run: runId } }, by);
  await applyUndoPlan(sequelize, plan.id, { by, reason: 'The file was an old one.' });
}

describe('an import', () => {
  test('writes the rows as a run by the person, each value explained', async () => {
    const { runId, ...result } = await importText(sequelize, lines(hall, mill), given());
    expect(result).toMatchObject({ state: 'finished', rows: 2, created: 2, updated: 0, rejected: 0 });
    expect(await Place.findAll({ order: ['id'] })).toMatchObject([hall, mill]);
    const run = await Run.findByPk(runId, { rejectOnEmpty: true });
    expect(runTitle(run)).toBe('import of town.jsonl');
    expect(run).toMatchObject({
      kind: 'import',
      state: 'finished',
      actorEmail: by.email,
      items: 2,
      created: 2,
    });
    const entries = await LogEntry.findAll({ where: { model: 'Place' }, order: ['id'] });
    expect(entries.map((entry) => [entry.actorEmail, entry.runId, entry.sourceUrl])).toEqual([
      ['ana@example.org', runId, 'import:town.jsonl#1'],
      ['ana@example.org', runId, 'import:town.jsonl#2'],
    ]);
    expect(new Set(entries.map(({ correlationId }) => correlationId)).size).toBe(1);
  });

  test('changes nothing the second time, and what the file does not say stays', async () => {
    await importText(sequelize, lines({ ...hall, telephone: '+1 207 555 0142' }), given());
    const again = await importText(sequelize, lines(hall), given());
    expect(again).toMatchObject({ created: 0, updated: 0, unchanged: 1 });
    expect(await Place.findOne()).toMatchObject({ telephone: '+12075550142' });
  });

  test('is taken back by the undo of its run, and can be done again', async () => {
    await importText(sequelize, lines(hall), given());
    const { runId } = await importText(
      sequelize,
      lines({ ...hall, telephone: '+12075550142' }, mill),
      given(),
    );
    await undo(runId);
    expect(await Place.findAll()).toMatchObject([{ ...hall, telephone: null }]);
    const again = await importText(sequelize, lines({ ...hall, telephone: '+12075550142' }, mill), given());
    expect(again).toMatchObject({ created: 1, updated: 1 });
    expect(await Place.findAll({ order: ['name'] })).toMatchObject([
      mill,
      { ...hall, telephone: '+12075550142' },
    ]);
  });

  test('writes also what another person has changed since, and over what crawls say', async () => {
    await importText(sequelize, lines({ ...hall, description: 'A hall.' }), given());
    await withUserActor({ id: null, email: 'ben@example.org' }, () =>
      Place.update({ description: 'A barn.' }, { where: {} }),
    );
    const again = await importText(sequelize, lines({ ...hall, description: 'A hall.' }), given());
    expect(again).toMatchObject({ updated: 1 });
    expect(await Place.findOne()).toMatchObject({ description: 'A hall.' });
    const address = {
      '@type': ['PostalAddress'],
      streetAddress: '1 Main Street',
      addressLocality: 'Quillport',
    };
    const thing = { name: 'Town Hall', address, description: 'A crawled hall.' };
    const crawled = await writeBatch(database, placePipeline, [placeItem(thing)]);
    expect(crawled).toMatchObject({ created: 0, suggested: 1 });
    expect(await Place.findOne()).toMatchObject({ description: 'A hall.' });
  });

  test('knows the record that an edited row was exported from', async () => {
    await importText(sequelize, lines(hall, mill), given());
    const exported = await exportedText(sequelize, { kind: 'places', format: 'csv' });
    const edited = exported.replace('Town Hall', 'City Hall').replace('1 Main Street', '9 Harbour Road');
    const result = await importText(sequelize, edited, { ...given(), name: 'edited', format: 'csv' });
    expect(result).toMatchObject({ created: 0, updated: 1, unchanged: 1 });
    expect((await Place.findAll({ order: ['id'] })).map(({ name }) => name)).toEqual([
      'City Hall',
      'Old Mill',
    ]);
  });

  test('does not take the id of another database for one of its own', async () => {
    await importText(sequelize, lines(hall), given());
    const { id } = await Place.findOne({ rejectOnEmpty: true });
    const other = { ...mill, id, createdAt: '2020-01-01T00:00:00.000Z' };
    expect(await importText(sequelize, lines(other), given())).toMatchObject({ created: 1, updated: 0 });
    expect((await Place.findByPk(id))?.name).toBe('Town Hall');
  });

  test('writes only what was edited, and leaves what others wrote since the export', async () => {
    await importText(
      sequelize,
      lines({ ...hall, telephone: '+12075550142', addressCountry: 'US' }, mill),
      given(),
    );
    for (const format of ['csv', 'jsonl', 'geojson'] as const) {
      const exported = await exportedText(sequelize, { kind: 'places', format });
      const description = `As ${format} corrected test`;
      await withUserActor({ id: null, email: 'ben@example.org' }, () =>
        Place.update({ description, telephone: '+12075550199' }, { where: { name: 'Town Hall' } }),
      );
      const unedited = await importText(sequelize, exported, { ...given(), name: 'unedited', format });
      expect(unedited).toMatchObject({ created: 0, updated: 0, unchanged: 2 });
      const edited = exported
        .replace('Old Mill', `Mill of ${format}`)
        .replace('Town Hall', `Hall of ${format}`);
      const result = await importText(sequelize, edited, {
        ...given(),
        name: 'edited',
        format,
      });
      expect(result).toMatchObject({ created: 0, updated: 2 });
      expect(await Place.findOne({ where: { name: `Hall of ${format}` } })).toMatchObject({
        description,
        telephone: '+12075550199',
      });
      await withUserActor({ id: null, email: 'ben@example.org' }, async () => {
        await Place.update({ name: 'Town Hall' }, { where: { name: `Hall of ${format}` } });
        await Place.update({ name: 'Old Mill' }, { where: { name: `Mill of ${format}` } });
      });
    }
  });

  test('names each value that it cannot read, and leaves what is there', async () => {
    const before = { ...hall, postalCode: '04999', addressCountry: 'US', telephone: '+12075550142' };
    await importText(sequelize, lines(before), given());
    const unread: string[] = [];
    const rows = (await exportedText(sequelize, { kind: 'places', format: 'jsonl' }))
      .replace('"US"', '"Narnia"')
      .replace('"+12075550142"', '"call us"')
      .replace('"Town Hall"', 'null');
    const result = await importText(sequelize, rows, {
      ...given(),
      onUnread: (values) =>
        unread.push(...values.map(({ line, field, value }) => `${line} ${field} ${value}`)),
    });
    expect(result).toMatchObject({ updated: 0, unchanged: 1, unread: 2 });
    expect(unread.toSorted()).toEqual(['1 addressCountry Narnia', '1 telephone call us']);
    expect(await Place.findOne()).toMatchObject(before);
  });

  test('of events leaves their places as they are', async () => {
    const location = { ...hall, addressCountry: 'US' };
    const talk = { name: 'Talk', startDate: '2027-05-09T19:00', timeZone: 'America/New_York', location };
    await importText(sequelize, lines(talk), { ...given(), kind: 'events' });
    for (const format of ['csv', 'jsonl', 'geojson'] as const) {
      const exported = await exportedText(sequelize, { kind: 'events', format });
      await withUserActor({ id: null, email: 'ben@example.org' }, () =>
        Place.update({ postalCode: `0499${format.length}` }, { where: {} }),
      );
      const again = await importText(sequelize, exported.replace('Talk', `Talk ${format}`), {
        ...given(),
        kind: 'events',
        format,
        name: 'again',
      });
      expect(again).toMatchObject({ created: 0, updated: 1 });
      expect(await Place.findAll()).toMatchObject([{ postalCode: `0499${format.length}` }]);
    }
  });

  test('does not take the ids of one file for those of another, however alike their names', async () => {
    const opera = { id: 1, name: 'Opera', addressLocality: 'Riga' };
    const park = { id: 1, name: 'Park One', addressLocality: 'Tartu' };
    await importText(sequelize, lines(opera), { ...given(), name: 'места' });
    const other = await importText(sequelize, lines(park), { ...given(), name: 'парки' });
    const same = await importText(sequelize, lines({ ...park, name: 'Park Two' }), {
      ...given(),
      name: 'парки',
    });
    expect([other, same]).toMatchObject([
      { created: 1, updated: 0 },
      { created: 1, updated: 0 },
    ]);
  });

  test('finds an event without a place again by its row', async () => {
    const talk = { name: 'Talk', startDate: '2027-05-09T19:00', timeZone: 'America/New_York' };
    const asEvents = { ...given(), kind: 'events' } as const;
    expect(await importText(sequelize, lines(talk), asEvents)).toMatchObject({ created: 1 });
    expect((await Event.findOne())?.startDate).toEqual(new Date('2027-05-09T23:00Z'));
    const exported = await exportedText(sequelize, { kind: 'events', format: 'jsonl' });
    const again = await importText(sequelize, exported, { ...asEvents, name: 'other' });
    expect(again).toMatchObject({ created: 0, updated: 0, unchanged: 1 });
  });

  test('names each row that it refuses with its line and why, keeps it, and writes the others', async () => {
    const text = `${lines(hall)}not JSON\n[1]\n\n${lines({ description: 'nameless' }, mill)}`;
    const result = await importText(sequelize, text, given());
    expect(result).toMatchObject({ rows: 5, created: 2, rejected: 3 });
    expect(result.refused).toMatchObject([
      { line: 2, reasons: [{ code: 'ROW_UNREADABLE', message: expect.stringContaining('is not JSON') }] },
      { line: 3, reasons: [{ code: 'ROW_UNREADABLE', message: expect.stringContaining('not an object') }] },
      { line: 5, reasons: [{ code: 'NAME_MISSING', field: 'name' }] },
    ]);
    expect(await RejectedItem.count({ where: { runId: result.runId } })).toBe(3);
  });

  test('reads columns of other names, and names the fields that it cannot write', async () => {
    const text = 'Title,Street,Stars,isClosed\nTown Hall,1 Main Street,5,true\n';
    const fieldNames = new Map([
      ['Title', 'name'],
      ['Street', 'streetAddress'],
    ]);
    const result = await importText(sequelize, text, { ...given(), format: 'csv', fieldNames });
    expect(result.ignoredFields).toEqual(['Stars', 'isClosed']);
    expect(await Place.findOne()).toMatchObject({
      name: 'Town Hall',
      streetAddress: '1 Main Street',
      isClosed: false,
    });
  });

  test('refuses rows in which two columns are one field', async () => {
    const fieldNames = new Map([['Title', 'name']]);
    const result = await importText(sequelize, 'Title,name\nTown Hall,hall-1\n', {
      ...given(),
      format: 'csv',
      fieldNames,
    });
    expect(result).toMatchObject({ created: 0, rejected: 1 });
    expect(result.refused[0]?.reasons[0]?.message).toMatch(/^Two columns are the field name\./);
  });

  test('refuses a row that is nested without end, and writes the others', async () => {
    const nested = `{"name":"Deep","categories":${'['.repeat(200_000)}${']'.repeat(200_000)}}\n`;
    const result = await importText(sequelize, `${nested}${lines(hall)}`, given());
    expect(result).toMatchObject({ created: 1, rejected: 1 });
    const cell = `"${'['.repeat(200_000)}${']'.repeat(200_000)}"`;
    const asCsv = `name,streetAddress,categories\nOld Mill,2 Main Street,${cell}\n`;
    expect(await importText(sequelize, asCsv, { ...given(), format: 'csv' })).toMatchObject({ created: 1 });
  });

  test('leaves nothing behind of a dry run but the run, and says what it would do', async () => {
    await importText(sequelize, lines(hall), given());
    const text = lines({ ...hall, telephone: '+12075550142' }, mill, { description: 'nameless' });
    const result = await importText(sequelize, text, { ...given(), dryRun: true });
    expect(result).toMatchObject({ created: 1, updated: 1, rejected: 1 });
    expect(result.refused).toHaveLength(1);
    expect(await Place.findAll()).toMatchObject([{ ...hall, telephone: null }]);
    expect(await LogEntry.count({ where: { runId: result.runId } })).toBe(0);
    const run = await Run.findByPk(result.runId, { rejectOnEmpty: true });
    expect(runTitle(run)).toBe('import of town.jsonl (dry run)');
    expect(run).toMatchObject({ created: 0, updated: 0, changes: 0 });
  });

  test('stops after the rows in hand, and says so', async () => {
    const places = Array.from({ length: 450 }, (_, n) => ({
      name: `Place ${n}`,
      streetAddress: `${n} Main Street`,
    }));
    const stop = new AbortController();
    const result = await importText(sequelize, lines(...places), {
      ...given(),
      signal: stop.signal,
      onBatch: () => stop.abort(),
    });
    expect(result).toMatchObject({ state: 'stopped', rows: 200, created: 200 });
    expect(await Place.count()).toBe(200);
    expect((await Run.findByPk(result.runId))?.state).toBe('stopped');
  });

  test('keeps what was written before the place where a file cannot be read, as a failed run', async () => {
    const places = Array.from({ length: 300 }, (_, n) => ({
      name: `Place ${n}`,
      streetAddress: `${n} Main Street`,
    }));
    // So long that the fault is not in the first piece that is read.
    const blank = '\n'.repeat(200_000);
    const text = Buffer.concat([Buffer.from(lines(...places) + blank), Buffer.from([0xff, 0xfe])]);
    await expect(importText(sequelize, text, given())).rejects.toMatchObject({ code: 'IMPORT_UNREADABLE' });
    const run = await Run.findOne({ rejectOnEmpty: true });
    expect(run).toMatchObject({ state: 'failed', error: expect.stringContaining('UTF-8') });
    expect(run.created).toBe(200);
    expect(await Place.count()).toBe(200);
  });

  test('ends the runs of other imports that were killed, and leaves those that go on', async () => {
    const runOf = (requestKey: string) =>
      Run.create({ kind: 'import', actorId: by.id, actorEmail: by.email, requestKey, details: {} });
    const killed = await runOf('import:places:killed.csv');
    const busy = () => new HotspotsError('IMPORT_ALREADY_RUNNING', 'Never seen here.');
    const requestKey = 'import:places:other.csv';
    await using held = await HeldRun.begin(sequelize, { kind: 'import', requestKey, by, details: {}, busy });
    await importText(sequelize, lines(hall), given());
    expect((await killed.reload()).state).toBe('stopped');
    expect((await Run.findByPk(held.id))?.state).toBe('running');
  });

  test('leaves the run of another import as it ended, when that ends while killed ones are being ended', async () => {
    const runOf = (requestKey: string) =>
      Run.create({ kind: 'import', actorId: by.id, actorEmail: by.email, requestKey, details: {} });
    const killed = await runOf('import:places:killed.csv');
    const other = await runOf('import:places:other.csv');
    const lock = await lockWork(sequelize, 'import:places:other.csv');
    const imported = await sequelize.transaction(async (transaction) => {
      await killed.reload({ lock: transaction.LOCK.UPDATE, transaction });
      // It has read that both are running, and waits for the row of the first one.
      const importing = importText(sequelize, lines(hall), given());
      await waitFor('an import that waits for the row', async () => {
        const waiting = await sequelize.query(
          `SELECT FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock' AND state = 'active'`,
          { type: QueryTypes.SELECT },
        );
        return waiting.length > 0;
      });
      await other.update({ state: 'finished', finishedAt: new Date() });
      await lock?.[Symbol.asyncDispose]();
      return { importing };
    });
    await imported.importing;
    expect(await killed.reload()).toMatchObject({ state: 'stopped', error: expect.any(String) });
    expect(await other.reload()).toMatchObject({ state: 'finished', error: null });
  });

  test('refuses a second import of the same file at the same time', async () => {
    const requestKey = 'import:places:town.jsonl';
    const busy = () => new HotspotsError('IMPORT_ALREADY_RUNNING', 'Never seen here.');
    await using _ = await HeldRun.begin(sequelize, { kind: 'import', requestKey, by, details: {}, busy });
    await expect(importText(sequelize, lines(hall), given())).rejects.toMatchObject({
      code: 'IMPORT_ALREADY_RUNNING',
      message: 'Another process is importing town.jsonl. Wait until it is done, or stop it.',
    });
    expect(await Place.count()).toBe(0);
  });
});
