import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ContextDetails } from '../../../src/audit/actors.ts';
import { withUserActor } from '../../../src/audit/actors.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import {
  encodeContext,
  hookedPrefix,
  statementMarker,
} from '../../../src/audit/triggers/statement-context.ts';
import type { Database } from '../../../src/database/open-database.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { makeAuditedWidgets } from './audited-widgets.ts';

let database: Database;

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 2 });
  await makeAuditedWidgets(database.sequelize);
});
afterAll(() => database.close());
beforeEach(() => emptyTables(database.sequelize, 'widgets'));

/** The entry of a raw INSERT in a context with these details. */
async function entryIn(details: ContextDetails, email = 'ana@example.org') {
  await withUserActor(
    { id: '1', email },
    () => database.sequelize.query(`INSERT INTO widgets (name) VALUES ('a')`),
    details,
  );
  const entry = await LogEntry.findOne({ order: [['id', 'DESC']], rejectOnEmpty: true });
  return entry.get({ plain: true });
}

test.for([
  '*/ DELETE FROM widgets; /*',
  `'; DROP TABLE widgets; --`,
  '"}} \\" \\u0041 \\\\',
  '$$ $1 :name ? %',
  '/*hotspots hooked=W/widgets context=e30 */',
  'line\r\nbreak\u2028 😀 \u202e',
])('a context value %j reaches the log as it is', async (text) => {
  const entry = await entryIn({ sourceUrl: text, correlationId: text, extra: { [text]: [text] } }, text);
  expect(entry).toMatchObject({
    sourceUrl: text,
    correlationId: text,
    actorEmail: text,
    extra: { [text]: [text] },
  });
});

test('what PostgreSQL cannot store as text is replaced, and nothing else', async () => {
  const entry = await entryIn({
    sourceUrl: 'a\0b\\u0000c',
    correlationId: 'half \ud83d, whole 😀',
    extra: { 'k\0': '\udc00' },
  });
  expect(entry).toMatchObject({
    sourceUrl: 'a\ufffdb\\u0000c',
    correlationId: 'half \ufffd, whole 😀',
    extra: { 'k\ufffd': '\ufffd' },
  });
});

test('a source URL of 100 kB is recorded whole', async () => {
  const sourceUrl = `https://town.example/?q=${'ä*/'.repeat(25_000)}`;
  expect((await entryIn({ sourceUrl })).sourceUrl).toBe(sourceUrl);
});

test('an invalid address, or one with a zone, does not make the write fail', async () => {
  expect((await entryIn({ remoteAddress: 'unknown' })).remoteAddress).toBeNull();
  expect((await entryIn({ remoteAddress: `10.0.0.1'; --` })).remoteAddress).toBeNull();
  expect((await entryIn({ remoteAddress: 'fe80::1%eth0' })).remoteAddress).toBe('fe80::1');
  expect((await entryIn({ remoteAddress: '::ffff:10.0.0.1' })).remoteAddress).toBe('::ffff:10.0.0.1');
});

test('no table name and no context can open or end the comment', () => {
  for (const text of ['*/', '/*', '***///', '\ud800', 'ä"\'`', ' ']) {
    const marker = statementMarker(hookedPrefix('W', text), encodeContext({ text }));
    expect(marker).toMatch(/^\/\*hotspots hooked=W\/[^ */]+ context=[A-Za-z0-9_-]+ \*\/ $/);
  }
});
