import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../../src/database/open-database.ts';
import { bindModels } from '../../../src/models/bind-models.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { startTestWeb, type TestWeb } from '../../helpers/web-server.ts';

let database: Database;
let web: TestWeb;

beforeAll(async () => {
  database = await createTestDatabase();
  await bindModels(database);
  web = await startTestWeb(database);
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

const get = (url: string) => web.app.inject({ url });

describe('GET /healthz', () => {
  it('says that the process is alive', async () => {
    const answer = await get('/healthz');
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'alive' }]);
  });
});
describe('GET /metrics', () => {
  it('x', async () => {
    const answer = await get('/metrics');
    console.log(answer.body);
    expect(answer.statusCode).toBe(200);
  });
});
