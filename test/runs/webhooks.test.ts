import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bindModels } from '../../src/models.ts';
import { Run } from '../../src/runs/run.ts';
import { deliverWebhooks, queueWebhooks } from '../../src/runs/webhooks.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();
const { sequelize } = database;
const secret = `whsec_${Buffer.from('a secret of thirty-two bytes, so').toString('base64')}`;

let status = 200;
const taken: { headers: IncomingHttpHeaders; body: string }[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    taken.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    response.writeHead(status, { location: '/elsewhere' }).end();
  });
});

beforeAll(async () => {
  await bindModels(database);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  server.close();
  await database.close();
});

let run: Run;
beforeEach(async () => {
  await emptyTables(sequelize, 'runs', 'webhooks');
  taken.length = 0;
  status = 200;
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server is not listening.');
  await sequelize.query('INSERT INTO webhooks (url, secret, events) VALUES ($1, $2, $3)', {
    bind: [`http://127.0.0.1:${address.port}/hook`, secret, ['run.flagged', 'run.undone']],
  });
  run = await Run.create({
    spider: 'places',
    sourceName: 'town',
    requestKey: 'town',
    actorId: null,
    actorEmail: 'scraper@vibemap.com',
    state: 'finished',
    finishedAt: new Date(),
    flags: [{ rule: 'same-value', sentence: 'Place.name: one value' }],
  });
});

const queue = (event: 'run.finished' | 'run.flagged' | 'run.undone') =>
  sequelize.transaction((transaction) => queueWebhooks(sequelize, event, run, transaction));
const deliveries = () =>
  sequelize.query<{ attempts: number; delivered: boolean; waits: number | null; error: string | null }>(
    `SELECT attempts, delivered_at IS NOT NULL AS delivered, last_error AS error,
            round(extract(epoch FROM next_attempt_at - now()) / 60)::int AS waits
     FROM webhook_deliveries ORDER BY created_at`,
    { type: QueryTypes.SELECT },
  );

test('sends an event that was asked for, once, with the flags and a link, and no other', async () => {
  await queue('run.finished');
  await queue('run.flagged');
  expect(await deliverWebhooks(sequelize)).toBe(1);
  expect(await deliverWebhooks(sequelize)).toBe(0);
  expect(taken.map(({ body }) => JSON.parse(body))).toMatchObject([
    {
      event: 'run.flagged',
      run: {
        id: run.id,
        flags: ['Place.name: one value'],
        url: `http://127.0.0.1:8080/review/runs/${run.id}`,
      },
    },
  ]);
});

test('signs what it sends as Standard Webhooks says', async () => {
  await queue('run.undone');
  await deliverWebhooks(sequelize);
  const { headers, body } = taken[0] ?? { headers: {}, body: '' };
  const key = Buffer.from('a secret of thirty-two bytes, so');
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const expected = createHmac('sha256', key).update(content).digest('base64');
  expect(headers['webhook-signature']).toBe(`v1,${expected}`);
  expect(JSON.parse(body).id).toBe(headers['webhook-id']);
  expect(Math.abs(Number(headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(60);
});

test('tries again later and later what was not taken, follows no redirect, and gives up in the end', async () => {
  status = 302;
  await queue('run.flagged');
  for (const [attempt, minutes] of [1, 2, 4, 8].entries()) {
    expect(await deliverWebhooks(sequelize)).toBe(0);
    expect(await deliveries()).toEqual([
      { attempts: attempt + 1, delivered: false, waits: minutes, error: 'It answered with status 302.' },
    ]);
    await sequelize.query('UPDATE webhook_deliveries SET next_attempt_at = now()');
  }
  await sequelize.query('UPDATE webhook_deliveries SET attempts = 11');
  await deliverWebhooks(sequelize);
  expect(await deliveries()).toMatchObject([{ attempts: 12, delivered: false, waits: null }]);
  expect(taken.every(({ headers }) => headers.host !== undefined)).toBe(true);
});

test('names what went wrong when nobody answers', async () => {
  await sequelize.query("UPDATE webhooks SET url = 'http://127.0.0.1:54399/'");
  await queue('run.flagged');
  await deliverWebhooks(sequelize);
  expect((await deliveries())[0]?.error).toContain('ECONNREFUSED');
});

test('counts no attempt that was broken off because its own program stops', async () => {
  await queue('run.flagged');
  await deliverWebhooks(sequelize, { signal: AbortSignal.abort() });
  expect(await deliveries()).toEqual([{ attempts: 0, delivered: false, waits: 0, error: null }]);
  expect(await deliverWebhooks(sequelize)).toBe(1);
});

test('is shared by processes that send at once: each message goes out once', async () => {
  for (let n = 0; n < 30; n += 1) await queue('run.flagged');
  const sent = await Promise.all([deliverWebhooks(sequelize), deliverWebhooks(sequelize)]);
  expect(sent[0] + sent[1]).toBe(30);
  expect(new Set(taken.map(({ headers }) => headers['webhook-id'])).size).toBe(30);
  expect(taken).toHaveLength(30);
});
