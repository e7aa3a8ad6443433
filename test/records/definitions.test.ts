import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditlog } from '../../src/audit/index.ts';
import { definitionOf, exportedColumns, exportKinds } from '../../src/import-export/exported-record.ts';
import { importableFields, rowToThing } from '../../src/import-export/row-to-thing.ts';
import { bindModels } from '../../src/models.ts';
import { fieldOf, fieldsOf, isRead } from '../../src/records/kind.ts';
import { recordKinds } from '../../src/records/kinds.ts';
import { fillableFields } from '../../src/records/operations/fill-fields.ts';
import { placeDefinition } from '../../src/records/place.ts';
import { readItem, readingHash } from '../../src/records/reading/read-record.ts';
import { resources } from '../../src/web/api/resources.ts';
import { adminModels } from '../../src/web/pages/admin/admin-models.ts';
import { formFieldsOf } from '../../src/web/pages/admin/form-field.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();

beforeAll(() => bindModels(database));
afterAll(() => database.close());

const snake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

describe.each(recordKinds.map((kind) => [kind.name, kind] as const))('%s', (_name, kind) => {
  const names = fieldsOf(kind).map(([name]) => name);

  test('is the model, audited in every field', () => {
    expect(Object.keys(kind.model.getAttributes())).toEqual(['id', ...names, 'createdAt', 'updatedAt']);
    const registration = auditlog.registrations().find(({ model }) => model === kind.model);
    expect(registration?.attributes).toEqual([...names].sort());
  });

  test('is the table of the migrated database: columns, and which of them may be empty', async () => {
    const columns = await database.sequelize.query<{ name: string; nullable: boolean }>(
      `SELECT column_name AS name, is_nullable = 'YES' AS nullable FROM information_schema.columns
       WHERE table_name = $1 AND table_schema = 'public'`,
      { bind: [kind.table], type: QueryTypes.SELECT },
    );
    const expected = fieldsOf(kind).map(([name, { isNullable }]) => [snake(name), isNullable] as const);
    const own = ['id', 'created_at', 'updated_at'].map((name) => [name, false] as const);
    expect(new Map(columns.map(({ name, nullable }) => [name, nullable]))).toEqual(
      new Map([...own, ...expected]),
    );
  });

  test('is what the API takes and answers, each field described', () => {
    const resource = resources.find((each) => each.kind === kind);
    const written = names.filter((name) => fieldOf(kind, name).isReadOnly !== true);
    expect(Object.keys(resource?.patch.shape ?? {})).toEqual(written);
    expect(Object.keys(resource?.whole.shape ?? {})).toEqual(written);
    expect(new Set(Object.keys(resource?.answer.shape ?? {}))).toEqual(
      new Set(['id', ...names, 'createdAt', 'updatedAt']),
    );
    for (const name of written) expect(resource?.fields[name]?.meta()?.description, name).toMatch(/\S/);
  });

  test('is the form, with the limits, help and choices of the definition', () => {
    const admin = adminModels.find((each) => each.kind === kind);
    const form = admin === undefined ? [] : formFieldsOf(admin);
    const asked = names.filter((name) => fieldOf(kind, name).group !== undefined);
    expect(form.map(({ name }) => name).sort()).toEqual([...asked].sort());
    for (const { name, help, choices, schema, kind: type } of form) {
      const field = fieldOf(kind, name);
      expect([name, help, choices]).toEqual([name, field.help, field.choices ?? undefined]);
      if (type !== 'moment') expect(schema).toBe(field.schema);
    }
  });

  test('names in its groups and joint readers only fields that it has', () => {
    const named = [...kind.together.flat(), ...kind.joint.flatMap(({ fields }) => fields)];
    expect(named.filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe.each(exportKinds)('files of %s', (kind) => {
  const definition = definitionOf(kind);
  const read = fieldsOf(definition).filter(([name]) => isRead(definition, name));

  test('have every field as a column, and every field that items state can be imported', () => {
    const names = fieldsOf(definition).map(([name]) => name);
    expect(exportedColumns(kind)).toEqual(expect.arrayContaining(['id', ...names, 'createdAt', 'updatedAt']));
    expect(importableFields(kind)).toEqual(expect.arrayContaining(read.map(([name]) => name)));
  });

  test('give back texts of the longest length that their fields take', () => {
    const texts = read.filter(([, { type, format }]) => type === 'text' && format !== null);
    const free = texts.filter(([, { format }]) => format === 'line' || format === 'paragraphs');
    const row = Object.fromEntries(free.map(([name, { maxLength }]) => [name, 'x'.repeat(maxLength ?? 0)]));
    const thing = rowToThing(kind, {
      ...row,
      startDate: '2027-05-09T19:00',
      timeZone: 'America/Chicago',
    });
    const source = { timeZone: 'America/Chicago' };
    expect(readItem({ ...definition, fields: definition.fields }, { thing, source }).values).toMatchObject(
      kind === 'places' ? { ...row, postalCode: row.postalCode?.toUpperCase() } : row,
    );
  });
});

test('what merging fills are the fields of a place that items state and that can be empty', () => {
  const expected = fieldsOf(placeDefinition).filter(
    ([name, { isNullable, type }]) => (isNullable || type === 'list') && isRead(placeDefinition, name),
  );
  expect(fillableFields).toEqual(expected.map(([name]) => name));
});

test('the hash of how items are read changes with a limit, a property or a reader, and with no description', () => {
  const { name, ...others } = placeDefinition.fields;
  const withName = (field: Partial<typeof name>) =>
    readingHash({ ...placeDefinition, fields: { name: { ...name, ...field }, ...others } });
  const now = readingHash(placeDefinition);
  expect(withName({})).toBe(now);
  expect(withName({ description: 'Other words', help: 'More help' })).toBe(now);
  const changed = [
    withName({ maxLength: 300 }),
    withName({ source: { properties: ['legalName'], by: 'placeName' } }),
    withName({ source: { properties: ['name'] } }),
  ];
  expect(new Set([now, ...changed]).size).toBe(4);
});

test('no file but the definitions lists the fields of a place or of an event', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const files = ['src', 'pipelines'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => path.join(folder, file)),
  );
  const definitions = ['src/records/place.ts', 'src/records/event.ts'];
  // Readers know the properties of schema.org, whatever records are made of them.
  const apart = ['src/extract/', 'src/database/migrations/'];
  const outside = files.filter(
    (file) => !definitions.includes(file) && !apart.some((folder) => file.startsWith(folder)),
  );
  // Fields that no code has to do with by name: who names one of them repeats the definition.
  const unnamed = ['priceRange', 'performers', 'isAccessibleForFree', 'image', 'sameAs'];
  const named = outside.flatMap((file) => {
    const text = readFileSync(path.join(root, file), 'utf8');
    const found = unnamed.filter((name) => new RegExp(`['"]${name}['"]|\\b${name}: `).test(text));
    return found.length >= 2 ? [`${file}: ${found.join(', ')}`] : [];
  });
  expect(named).toEqual([]);
});
