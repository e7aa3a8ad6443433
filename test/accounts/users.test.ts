import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { changeAccess } from '../../src/accounts/users.ts';
import { withSystemActor } from '../../src/audit/actors.ts';
import { bindModels } from '../../src/models.ts';
import { User } from '../../src/records/user.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();
const { sequelize } = database;

beforeAll(() => bindModels(database));
beforeEach(async () => {
  await withSystemActor(async () => {
    await User.destroy({ where: { username: ['ana', 'ben', 'cleo'] } });
    await User.create({ email: 'ana@example.org', username: 'ana', role: 'admin', passwordHash: null });
    await User.create({ email: 'ben@example.org', username: 'ben', role: 'admin', passwordHash: null });
    await User.create({ email: 'cleo@example.org', username: 'cleo', role: 'viewer', passwordHash: null });
  });
});
afterAll(() => database.close());

const change = (name: string, to: Parameters<typeof changeAccess>[2]) =>
  withSystemActor(() => changeAccess(sequelize, `${name}@example.org`, to));

describe('admins', () => {
  test('who remove each other at the same moment leave one', async () => {
    for (let round = 0; round < 10; round += 1) {
      const settled = await Promise.allSettled([
        change('ana', { isActive: false }),
        change('ben', { role: 'viewer' }),
      ]);
      const refused = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
      expect(refused).toEqual([expect.objectContaining({ code: 'LAST_ADMIN' })]);
      expect(await User.count({ where: { role: 'admin', isActive: true } })).toBe(1);
      await change('cleo', { role: 'admin' });
      for (const name of ['ana', 'ben']) {
        await change(name, { role: 'admin' });
        await change(name, { isActive: true });
      }
      await change('cleo', { role: 'viewer' });
    }
  });

  test('can go while another one stays, and others can always', async () => {
    await change('cleo', { isActive: false });
    await change('ana', { role: 'editor' });
    await expect(change('ben', { role: 'editor' })).rejects.toMatchObject({
      code: 'LAST_ADMIN',
      message: expect.stringContaining('ben@example.org is the only active admin'),
    });
  });

  test('who are inactive do not count', async () => {
    await change('ana', { isActive: false });
    await expect(change('ben', { isActive: false })).rejects.toMatchObject({ code: 'LAST_ADMIN' });
    await change('ana', { role: 'viewer' });
  });
});

describe('a change of access', () => {
  test('of nobody says so', async () => {
    await expect(change('nobody', { isActive: false })).rejects.toMatchObject({ code: 'USER_UNKNOWN' });
  });
});
