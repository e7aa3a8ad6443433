import { afterAll, beforeAll, expect, test } from 'vitest';
import { withUserActor } from '../../../../src/audit/actors.ts';
import { auditlog } from '../../../../src/audit/record/auditlog.ts';
import { refusedCalls, refusedOptions } from '../../../../src/audit/tools/find-writes/write-of-call.ts';
import type { Database } from '../../../../src/database/open-database.ts';
import { createTestDatabase } from '../../../helpers/test-database.ts';
import { defineWidget, Widget } from '../../../helpers/widget.ts';

let database: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  await defineWidget(database.sequelize);
  auditlog.register(Widget);
});
afterAll(() => database.close());

/** Whether the audit layer refuses the call as one it cannot record; the table has no triggers. */
async function isRefused(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await withUserActor({ id: '41', email: 'ana@example.org' }, call);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'AUDIT_WRITE_REFUSED';
  }
}

const calls: Record<string, () => Promise<unknown>> = {
  create: () => Widget.create({ name: 'a' }),
  bulkCreate: () => Widget.bulkCreate([{ name: 'b' }]),
  findOrCreate: () => Widget.findOrCreate({ where: { name: 'c' } }),
  update: () => Widget.update({ price: '2' }, { where: { name: 'a' } }),
  destroy: () => Widget.destroy({ where: { name: 'a' } }),
  restore: () => Widget.restore({ where: { name: 'a' } }),
  truncate: () => Widget.truncate(),
  upsert: () => Widget.upsert({ name: 'd' }),
  increment: () => Widget.increment('count', { where: { name: 'b' } }),
  decrement: () => Widget.decrement('count', { where: { name: 'b' } }),
};

test.each(Object.entries(calls))(
  'the list says whether %s is refused without triggers',
  async (method, call) => {
    expect(await isRefused(call)).toBe(refusedCalls.has(method));
  },
);

test.each(refusedOptions)(
  'the list says that $option: $value is refused without triggers',
  async ({ option, value }) => {
    expect(await isRefused(() => Widget.bulkCreate([{ name: 'e' }], { [option]: value }))).toBe(true);
    expect(await isRefused(() => Widget.bulkCreate([{ name: 'f' }], { [option]: !value }))).toBe(false);
  },
);
