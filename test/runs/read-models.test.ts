import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withoutAudit } from '../../src/audit/index.ts';
import { findLogEntries } from '../../src/audit/read/index.ts';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { User } from '../../src/records/user.ts';
import { readChange } from '../../src/runs/read-change.ts';
import { goneSentence, readRecord, unknownRecord } from '../../src/runs/read-record.ts';
import { asAna } from '../helpers/as-ana.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();
const { sequelize } = database;
beforeAll(() => bindModels(database));
afterAll(() => database.close());

const nameOf = ({ id }: { id: string }) => ({ model: 'Place', objectId: id });
const read = (record: { id: string }) => readRecord(sequelize, nameOf(record), { limit: 10 });
const changesOf = async (record: { id: string }) => {
  const { entries } = await findLogEntries(sequelize, nameOf(record), { limit: 10 });
  return entries.map(({ id }) => id);
};
const deleteOutsideTheLog = ({ id }: { id: string }) =>
  asAna(() =>
    withoutAudit(sequelize, 'a repair by hand', () =>
      sequelize.query('DELETE FROM places WHERE id = $1', { bind: [id] }),
    ),
  );

describe('a record', () => {
  test('is unknown when the log has no entry of it', async () => {
    expect(await read({ id: '4711' })).toBe(null);
  });

  test('that exists has its values, who wrote each, and no sentence on its end', async () => {
    const place = await asAna(() => Place.create({ name: 'Old Mill' }));
    const record = await read(place);
    expect(record?.state).toMatchObject({ kind: 'present', values: { name: 'Old Mill' } });
    expect(record?.fields.get('name')).toMatchObject({
      author: { email: 'ana@example.org', at: expect.any(Date) },
      isGuarded: true,
    });
    expect(record && goneSentence(record.state)).toBe(null);
  });

  test('that was deleted says by whom, when, and in which change', async () => {
    const place = await asAna(() => Place.create({ name: 'Old Mill' }));
    await asAna(() => place.destroy());
    const [deletion] = await changesOf(place);
    const record = await read(place);
    expect(record?.state.kind).toBe('deleted');
    expect(record && goneSentence(record.state)).toMatch(
      new RegExp(
        `^Deleted by ana@example\\.org on \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC \\(change ${deletion}\\)\\.$`,
      ),
    );
    const older = await readRecord(sequelize, nameOf(place), { limit: 10, before: deletion });
    expect(older).toMatchObject({ state: { kind: 'deleted' }, entries: [{ action: 'create' }] });
  });

  test('that was deleted outside the audit log is not taken for present', async () => {
    const place = await asAna(() => Place.create({ name: 'Old Mill' }));
    await deleteOutsideTheLog(place);
    const record = await read(place);
    expect(record?.state.kind).toBe('missing');
    expect(record && goneSentence(record.state)).toBe(
      'Deleted outside the audit log; it is not known by whom.',
    );
  });

  test('has its masked values masked, as in the log', async () => {
    const user = await asAna(() =>
      User.create({ email: 'cleo@example.org', username: 'cleo', passwordHash: '$argon2id$secret' }),
    );
    const record = await readRecord(sequelize, { model: 'User', objectId: user.id }, { limit: 10 });
    expect(record?.state).toMatchObject({
      kind: 'present',
      values: { email: 'cleo@example.org', passwordHash: '********' },
    });
  });

  test('that is asked for by an id is named as deleted in the error, with the way to its history', async () => {
    const place = await asAna(() => Place.create({ name: 'Old Mill' }));
    await asAna(() => place.destroy());
    const known = await unknownRecord(sequelize, nameOf(place), { noun: 'place' });
    expect(known.code).toBe('RECORD_UNKNOWN');
    expect(known.message).toMatch(
      new RegExp(
        `^There is no place ${place.id}\\. Deleted by ana@example\\.org on .+ \\(change \\d+\\)\\. ` +
          `Its history: /review/records/Place/${place.id}, or npm run history -- Place ${place.id}\\.$`,
      ),
    );
    const messages = ['4711', 'abc'].map(async (objectId) => {
      return (await unknownRecord(sequelize, { model: 'Place', objectId }, { noun: 'place' })).message;
    });
    expect(await Promise.all(messages)).toEqual(['There is no place 4711.', 'There is no place "abc".']);
  });
});

describe('a change', () => {
  test.each(['4711', '0', 'abc', '99999999999999999999'])('with the id %s is unknown', async (id) => {
    await expect(readChange(sequelize, id)).rejects.toMatchObject({ code: 'CHANGE_UNKNOWN' });
  });

  test('says what its fields hold by now, who wrote that, and what is left to undo', async () => {
    const place = await asAna(() => Place.create({ name: 'Old Mill' }));
    await asAna(() => place.update({ name: 'Mill', telephone: '+13125550100' }));
    await asAna(() => place.update({ name: 'New Mill' }));
    const [newest, update, creation] = await changesOf(place);
    const change = await readChange(sequelize, update ?? '');
    expect([...change.since]).toEqual([
      ['name', { value: 'New Mill', author: expect.objectContaining({ entryId: newest }) }],
    ]);
    expect(change.undoable).toEqual({ kind: 'fields', fields: new Set(['telephone']) });
    expect((await readChange(sequelize, creation ?? '')).undoable.kind).toBe('removeRecord');
  });

  test('of a record that was deleted outside the audit log has nothing left to undo', async () => {
    const place = await asAna(() => Place.create({ name: 'Old Mill' }));
    await deleteOutsideTheLog(place);
    const [creation] = await changesOf(place);
    expect(await readChange(sequelize, creation ?? '')).toMatchObject({
      state: { kind: 'missing' },
      undoable: { kind: 'nothing' },
      since: new Map(),
    });
  });

  test('names the fields that were changed outside the audit log before it', async () => {
    const place = await asAna(() => Place.create({ name: 'Old Mill' }));
    await asAna(() =>
      withoutAudit(sequelize, 'a repair by hand', () =>
        sequelize.query('UPDATE places SET name = $1 WHERE id = $2', { bind: ['By hand', place.id] }),
      ),
    );
    await place.reload();
    await asAna(() => place.update({ name: 'After it' }));
    const [update, creation] = await changesOf(place);
    expect((await readChange(sequelize, update ?? '')).gaps).toEqual(['name']);
    expect((await readChange(sequelize, creation ?? '')).gaps).toEqual([]);
  });
});
