import { DataTypes, type ModelStatic, Sequelize } from 'sequelize';
import { describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { defineLogEntry, LogEntry } from '../../../src/audit/log-entry.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { configureAudit } from '../../../src/audit/settings.ts';
import { ana, asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { changesOf } from '../../helpers/changes-of.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { logOf } from '../../helpers/log-of.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, (sequelize) => {
    const library = defineLibrary(sequelize);
    auditlog.register(library.Book, { include: ['title'], manyToMany: ['tags'] });
    auditlog.register(library.Book, { include: ['pages'] });
    auditlog.register([library.Author, library.Cover]);
    auditlog.register([library.Author, library.Cover]);
    return library;
  });

  test('a model that is registered twice is recorded once, with its first options', async () => {
    const book = await asAna(() => at.models.Book.create({ title: 'Emma', pages: 1 }));
    await asAna(() => book.createTag({ name: 'old' }));
    await asAna(() => at.models.Book.update({ title: 'Persuasion' }, { where: {} }));
    expect((await changesOf('Book')).map(([, changes]) => Object.keys(changes))).toEqual([
      ['title'],
      ['tags'],
      ['title'],
    ]);
  });

  test('the models of a group are all recorded', async () => {
    await asAna(() => at.models.Author.create({ name: 'Jane' }));
    await asAna(() => at.models.Cover.create({ colour: 'red' }));
    expect((await logOf()).map((entry) => entry.objectLabel)).toEqual(['Jane', 'Cover 1']);
  });

  test('data of one’s own is in the extra column of every entry of the context', async () => {
    const extra = { request: { method: 'PUT' }, tries: 2, none: null };
    await withUserActor(ana, () => at.models.Author.bulkCreate([{ name: 'a' }, { name: 'b' }]), { extra });
    await withUserActor(ana, () => at.models.Author.update({ name: 'c' }, { where: {} }), { extra });
    const entries = await LogEntry.findAll();
    expect(entries.map((entry) => entry.extra)).toEqual(Array(4).fill(extra));
  });
});

describe('registering everything', () => {
  const at = useAuditedModels('with triggers', (sequelize) => {
    const library = defineLibrary(sequelize);
    defineLogEntry(sequelize);
    auditlog.registerAll(sequelize);
    return library;
  });

  test('leaves the log itself alone', async () => {
    await asAna(() => at.models.Author.create({ name: 'Jane' }));
    await asAna(() => at.models.Author.update({ name: 'J.' }, { where: {} }));
    expect((await logOf()).map((entry) => entry.action)).toEqual(['create', 'update']);
    expect(auditlog.registrations().map(({ modelName }) => modelName)).not.toContain('LogEntry');
  });
});

describe('mistakes in what is registered and set', () => {
  const { Book } = defineLibrary(new Sequelize({ dialect: 'postgres' }));
  const invalid = (message: string) =>
    expect.objectContaining({ code: 'AUDIT_OPTION_INVALID', message: expect.stringContaining(message) });

  test.each<[string, object]>([
    ['include names "titel"', { include: ['titel'] }],
    ['exclude names "x"', { exclude: ['x'] }],
    ['mask names "x"', { mask: ['x'] }],
    ['label names "x"', { label: 'x' }],
    ['displayNames names "x"', { displayNames: { x: 'X' } }],
    [
      'manyToMany names "author", which is no belongsToMany association. Allowed: tags',
      { manyToMany: ['author'] },
    ],
    ['unknown option "serialize_data"', { serialize_data: true }],
    ['unknown option "snapshotNaturalKeys"', { snapshotNaturalKeys: true }],
    ['include must be a list of attributes', { include: 'title' }],
    ['snapshot must be true or false', { snapshot: 'yes' }],
    ['maskValue must be a function', { maskValue: '***' }],
  ])('are refused when registering: %s', (message, options) => {
    expect(() => auditlog.register(Book, options)).toThrow(invalid(message));
    expect(auditlog.registrations().map(({ model }) => model)).not.toContain(Book);
  });

  test('a model that was not initialised, or has no key, cannot be registered', () => {
    const sequelize = new Sequelize({ dialect: 'postgres' });
    const Keyless = sequelize.define('Keyless', { name: DataTypes.TEXT });
    Keyless.removeAttribute('id');
    expect(() => auditlog.register(Keyless)).toThrow(invalid('no primary key'));
    expect(() => auditlog.register(LogEntry)).toThrow(invalid('the log cannot record itself'));
    class Unbound extends LogEntry {}
    const unbound: ModelStatic<LogEntry> = Unbound;
    Reflect.set(unbound, 'sequelize', undefined);
    expect(() => auditlog.register(unbound)).toThrow(invalid('Call Unbound.init before'));
  });

  test('lists for all models are refused when no model has such an attribute', () => {
    const sequelize = new Sequelize({ dialect: 'postgres' });
    defineLibrary(sequelize);
    expect(() => auditlog.registerAll(sequelize, { mask: ['iban'] })).toThrow(invalid('mask names "iban"'));
  });

  test.each<[string, object]>([
    ['storeRemoteAddress', { storeRemoteAddress: 'no' }],
    ['missingActor', { missingActor: 'ignore' }],
    ['maskValue', { maskValue: '***' }],
    ['secretNames', { secretNames: 'password' }],
    ['exclude', { exclude: ['title'] }],
    ['mask', { mask: ['title'] }],
  ])('are refused in the settings: %s', (name, settings) => {
    expect(() => configureAudit(settings)).toThrow(invalid(name));
  });

  test('all wrong settings are named at once, and none of them is taken', () => {
    const wrong: object = { storeRemoteAddress: 1, missingActor: 2, secretNames: null };
    expect(() => configureAudit(wrong)).toThrow(invalid('storeRemoteAddress'));
    expect(() => configureAudit(wrong)).toThrow(invalid('missingActor'));
    auditlog.register(Book, { mask: ['title'] });
    expect(auditlog.registrations().find(({ model }) => model === Book)?.masked).toContain('title');
  });
});
