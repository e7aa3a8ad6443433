import { Transaction } from 'sequelize';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withUserActor } from '../../src/audit/with-user-actor.ts';
import type { Database } from '../../src/database/open-database.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { readRecordedState } from './replay/recorded-state.ts';
import { replayLog } from './replay/replay-log.ts';
import { type Clients, openClients } from './replay/run.ts';
import { createStore, type Store } from './replay/store.ts';

let database: Database;
let store: Store;
let clients: Clients;
let plain: Store;
beforeAll(async () => {
  database = await createTestDatabase();
  store = await createStore(database, {});
  clients = await openClients(store);
});
afterAll(async () => { await clients[Symbol.asyncDispose](); await database.close(); });
const as = <T>(name: string, fn: () => Promise<T>) => withUserActor({ id: '1', email: name }, fn);
const problems = async () => replayLog(await readRecordedState(clients.admin));
const entries = async () => (await readRecordedState(clients.admin)).entries.map((e) => `${e.id} ${e.action} ${e.model}/${e.objectId} ${e.actorEmail} ${JSON.stringify(e.changes)}`);

for (const iso of ['READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE'] as const) test(`truncate ${iso}`, async () => {
  await as('a', () => store.Crate.create({ name: 'before' }));
  await as('t', () => store.sequelize.transaction({ isolationLevel: Transaction.ISOLATION_LEVELS[iso.replace(' ', '_') as 'SERIALIZABLE'] }, async (transaction) => {
    await store.Crate.count({ transaction });
    await as('b', () => store.Crate.create({ name: 'between' }));
    await store.Crate.truncate({ transaction, cascade: true });
  }));
  expect(await problems()).toEqual([]);
});
test('rows details', async () => {
  const rows = [{ actor: { id: '7', email: 'seven' } }, { actor: { id: '8', email: 'eight' } }];
  for (const options of [{}, { individualHooks: true }, { ignoreDuplicates: true }, { hooks: false }, { updateOnDuplicate: ['name' as const] }]) {
    await as('ctx', () => store.Crate.bulkCreate([{ name: JSON.stringify(options) }, { name: 'y' }], { ...options, audit: { rows } })).catch((e) => console.log(String(e)));
  }
  console.log((await entries()).slice(-10));
});
test('include that fails', async () => {
  await store.sequelize.transaction(async (transaction) => {
    await as('inc', () => store.Crate.create({ id: 5001, parcels: [{ name: 'x', id: 5002, count: 'no number' }] }, { transaction, include: ['parcels'] })).catch((e) => console.log(String(e)));
  }).catch((e) => console.log('tx', String(e)));
  await store.sequelize.transaction(async (transaction) => {
    await withUserActor(() => { throw new Error('who?'); }, () => store.Crate.create({ id: 5003 }, { transaction })).catch((e) => console.log(String(e)));
  }).catch((e) => console.log('tx', String(e)));
  await store.sequelize.transaction(async (transaction) => {
    await withUserActor({ id: '1', email: 'x' }, () => store.Crate.create({ id: 5004 }, { transaction }), { extra: { a: () => { throw new Error('extra'); } } }).catch((e) => console.log(String(e)));
  }).catch((e) => console.log('tx', String(e)));
  expect(await problems()).toEqual([]);
});
test('m2m', async () => {
  const crate = await as('x', () => store.Crate.create({ id: 6001 }));
  await store.sequelize.transaction(async (transaction) => {
    await withUserActor({ id: '1', email: 'x' }, () => (crate as any).setTags([1, 2], { transaction }), { extra: { a: () => { throw new Error('extra'); } } }).catch((e) => console.log(String(e)));
  }).catch((e) => console.log('tx', String(e)));
  expect(await problems()).toEqual([]);
});
