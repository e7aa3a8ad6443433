import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bindModels } from '../../../../src/models.ts';
import { adminModels } from '../../../../src/web/pages/admin/admin-models.ts';
import { formFieldsOf } from '../../../../src/web/pages/admin/form-field.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';

const database = await createTestDatabase();

beforeAll(() => bindModels(database));
afterAll(() => database.close());

/** What nobody gives: the program sets it. */
const ofProgram = ['id', 'createdAt', 'updatedAt', 'isPast'];

describe.each(adminModels.map((admin) => [admin.path, admin] as const))('%s', (_path, admin) => {
  test('has each attribute of its model in its form, once', () => {
    const names = formFieldsOf(admin).map(({ name }) => name);
    const attributes = Object.keys(admin.model.getAttributes());
    expect([...names].sort()).toEqual(attributes.filter((name) => !ofProgram.includes(name)).sort());
  });
});
