import fc from 'fast-check';
import { Op, QueryTypes } from 'sequelize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiToken } from '../../../src/accounts/api-tokens.ts';
import { withUserActor } from '../../../src/audit/actors.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { bindModels } from '../../../src/models.ts';
import { UserTip, UserVibe, UserVibeTime } from '../../../src/records/contributions.ts';
import { Event } from '../../../src/records/event.ts';
import { EventImage, PlaceImage } from '../../../src/records/images.ts';
import { Place } from '../../../src/records/place.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { startTestWeb } from '../../helpers/web-server.ts';
import { ApiDocument } from './api-document.ts';
import { checkAnswer } from './check-answer.ts';
import { type FuzzedRequest, requestsOf } from './fuzz-requests.ts';

/**
 * Requests of all kinds to every operation of the document. Whatever is sent, the answer is one that the document has,
 * it comes soon, and what was written has its author.
 *
 * `HOTSPOTS_TEST_LONG=1` sends some ten thousand. `HOTSPOTS_TEST_SEED` and `HOTSPOTS_TEST_PATH`, which a failure names,
 * repeat one.
 */
const numRuns = process.env.HOTSPOTS_TEST_LONG === '1' ? 250 : 7;
const { HOTSPOTS_TEST_SEED: seed, HOTSPOTS_TEST_PATH: path } = process.env;
const patience = 10_000;

const database = await createTestDatabase();
const { sequelize } = database;
await bindModels(database);
const web = await startTestWeb(database);
const address = new URL('http://localhost/api/v1/openapi.json');
const document = new ApiDocument((await web.app.inject(address.pathname)).json(), address);
const succeeded = new Set<string>();

let entriesBefore: number;

beforeAll(async () => {
  await withUserActor(web.users.admin, async () => {
    for (let count = 0; count < 20; count += 1) {
      const { id: placeId } = await Place.create({ name: `Old Mill ${count}` });
      const fair = { name: 'Fair', startDate: new Date('2027-05-09T19:30:00Z'), timeZone: 'UTC' };
      const { id: eventId } = await Event.create({ ...fair, placeId });
      await PlaceImage.create({ placeId, contentUrl: 'https://example.org/1.jpg' });
      await EventImage.create({ eventId, contentUrl: 'https://example.org/2.jpg' });
      const own = { userId: web.users.viewer.id, placeId };
      await UserTip.create({ ...own, text: 'Sit by the window.' });
      const { id: userVibeId } = await UserVibe.create({ ...own, vibe: 'cosy' });
      await UserVibeTime.create({ userVibeId, dayOfWeek: ['Friday'], opens: '18:00:00', closes: '02:00:00' });
    }
  });
  entriesBefore = Number(await LogEntry.max('id'));
});
afterAll(async () => {
  await web[Symbol.asyncDispose]();
  await database.close();
});

/** The secrets of tokens that have been used for nothing: only so many requests are taken of each in a minute. */
async function newTokens(): Promise<Record<FuzzedRequest['sender'], string>> {
  const secretOf = async (email: string) => {
    const scopes = ['read', 'write', 'review'] as const;
    return (await createApiToken(sequelize, { email, name: 'fuzz', scopes, days: 1 })).secret;
  };
  return {
    viewer: await secretOf('viewer@example.org'),
    editor: await secretOf('editor@example.org'),
    admin: await secretOf('admin@example.org'),
    nobody: '',
    forged: 'hs_forged',
  };
}

describe.each(
  document.operations.map((operation, index) => [operation.operationId, operation, index] as const),
)('%s', (_id, operation, index) => {
  test('answers whatever is sent as the document says', { timeout: 600_000 }, async () => {
    const tokens = await newTokens();
    const property = fc.asyncProperty(requestsOf(document, operation), async (request) => {
      const { sender, url, headers, mediaType, body } = request;
      const answer = await web.app.inject({
        method: operation.method,
        url,
        remoteAddress: `10.1.0.${index}`,
        headers: {
          ...headers,
          ...(sender !== 'nobody' && { authorization: `Bearer ${tokens[sender]}` }),
          ...(mediaType !== null && { 'content-type': mediaType }),
        },
        ...(body !== null && { payload: body }),
      });
      const { statusCode: status, body: text } = answer;
      expect(status).toBeLessThan(500);
      const answered = { status, mediaType: answer.headers['content-type'] ?? null, text };
      checkAnswer(document, operation, answered);
      if (status < 300) succeeded.add(operation.operationId);
    });
    await fc.assert(property, {
      numRuns,
      timeout: patience,
      ...(seed !== undefined && { seed: Number(seed) }),
      ...(path !== undefined && { path }),
    });
  });
});

test('leaves no transaction open and no log entry without its author', async () => {
  const open = await sequelize.query(
    "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
    { type: QueryTypes.SELECT },
  );
  expect(open).toEqual([]);
  const written = await LogEntry.findAll({ where: { id: { [Op.gt]: entriesBefore } } });
  const isOwned = ({ actorId, remoteAddress, correlationId }: LogEntry) =>
    actorId !== null && remoteAddress !== null && correlationId !== null;
  expect(written.filter((entry) => !isOwned(entry))).toEqual([]);
  // Not all may have been refused, or nothing has been tried.
  expect(written.length).toBeGreaterThan(10);
  expect(succeeded.size).toBeGreaterThan(document.operations.length / 2);
});
