import { literal, type Model, type ModelStatic } from 'sequelize';
import { describe, expect, test } from 'vitest';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { changesOf } from '../../helpers/changes-of.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { logOf } from '../../helpers/log-of.ts';
import { sentStatements } from '../../helpers/sent-statements.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, (sequelize) => {
    const library = defineLibrary(sequelize);
    auditlog.register([library.Author, library.Book]);
    return library;
  });
  const newBook = (values = {}) => asAna(() => at.models.Book.create({ title: 'Emma', ...values }));

  test('creating a row leaves one entry, which keeps the name that the record had then', async () => {
    const book = await newBook();
    await asAna(() => book.update({ title: 'Emma, revised' }));
    expect((await logOf()).map((entry) => [entry.action, entry.objectLabel])).toEqual([
      ['create', 'Emma'],
      ['update', 'Emma, revised'],
    ]);
  });

  test('saving one changed field leaves one update entry with that field alone', async () => {
    const book = await newBook();
    await asAna(() => book.update({ pages: 474 }));
    expect((await changesOf()).slice(1)).toEqual([['update', { pages: [100, 474] }]]);
  });

  test('of two changed fields only the one that is saved is recorded', async () => {
    const book = await newBook();
    book.set({ title: 'Persuasion', pages: 250 });
    await asAna(() => book.save({ fields: ['title'] }));
    expect((await changesOf()).slice(1)).toEqual([['update', { title: ['Emma', 'Persuasion'] }]]);
  });

  test('an empty field list saves and records nothing, no list saves and records all', async () => {
    const book = await newBook();
    book.set({ title: 'Persuasion', pages: 250 });
    await asAna(() => book.save({ fields: [] }));
    expect(await at.models.Book.findOne({ raw: true })).toMatchObject({ title: 'Emma', pages: 100 });
    expect(await logOf()).toHaveLength(1);
    await asAna(() => book.save());
    expect((await changesOf()).slice(1)).toEqual([
      ['update', { title: ['Emma', 'Persuasion'], pages: [100, 250] }],
    ]);
  });

  test('destroying a row leaves one entry of all its values, which stays when the row is gone', async () => {
    const book = await newBook({ price: 5 });
    await asAna(() => book.destroy());
    expect(await at.models.Book.count()).toBe(0);
    expect((await changesOf('Book', String(book.id))).slice(1)).toEqual([
      ['delete', { title: ['Emma', null], pages: [100, null], price: ['5.00', null] }],
    ]);
  });

  test('a copy of a record without its key is recorded as a creation of its own', async () => {
    const book = await newBook({ pages: 3 });
    const { id, ...values } = book.get({ plain: true });
    const copy = await asAna(() => at.models.Book.build(values).save());
    expect(copy.id).not.toBe(id);
    expect(await changesOf('Book', String(copy.id))).toEqual([
      ['create', { title: [null, 'Emma'], pages: [null, 3] }],
    ]);
  });

  test('a field that is null before and after a creation is not mentioned', async () => {
    await asAna(() => at.models.Book.create({ title: null, price: null, pages: 1 }));
    expect(await changesOf()).toEqual([['create', { pages: [null, 1] }]]);
  });

  test('a field that goes from null to a value is recorded, and back again', async () => {
    const book = await newBook({ details: { a: 1 } });
    await asAna(() => book.update({ price: '2.50', details: null }));
    expect(await changesOf()).toEqual([
      ['create', { title: [null, 'Emma'], pages: [null, 100], details: [null, { a: 1 }] }],
      ['update', { price: [null, '2.50'], details: [{ a: 1 }, null] }],
    ]);
  });

  test('an entry written by hand keeps the time it is given', async () => {
    const timestamp = new Date('2001-02-03T04:05:06.789Z');
    const entry = { action: 3, model: 'Book', objectId: '1', objectLabel: 'Emma', changes: {}, timestamp };
    await LogEntry.create({
      ...entry,
      actorId: null,
      actorEmail: 'ana@example.org',
      runId: null,
      correlationId: null,
      remoteAddress: null,
      sourceUrl: null,
      extra: null,
    });
    expect((await LogEntry.findOne({ rejectOnEmpty: true })).timestamp).toEqual(timestamp);
  });

  test('when a key is used again, what was recorded under it before is still there', async () => {
    const first = await newBook();
    await asAna(() => first.destroy());
    await newBook({ id: first.id, title: 'Another' });
    expect((await logOf('Book', String(first.id))).map((entry) => [entry.action, entry.objectLabel])).toEqual(
      [
        ['create', 'Emma'],
        ['delete', 'Emma'],
        ['create', 'Another'],
      ],
    );
  });

  test('a recorded creation takes four statements: none of them fetches the key', async () => {
    const statements = await sentStatements(at.sequelize, newBook);
    expect(statements.map((sql) => /^[A-Z]+(?: INTO \S+)?/.exec(sql)?.[0])).toEqual([
      'START',
      'INSERT INTO "books"',
      'INSERT INTO log_entries',
      'COMMIT',
    ]);
  });

  test('a value computed by the database on creation is recorded as what it became', async () => {
    const Book: ModelStatic<Model> = at.models.Book;
    await asAna(() => Book.create({ pages: literal('40 + 2') }));
    expect(await changesOf()).toEqual([['create', { pages: [null, 42] }]]);
  });
});
