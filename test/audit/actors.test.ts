import { setImmediate as nextTurn } from 'node:timers/promises';
import PQueue from 'p-queue';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { currentContext, withUserActor } from '../../src/audit/actors.ts';
import { LogEntry } from '../../src/audit/log-entry.ts';
import { auditlog } from '../../src/audit/record/auditlog.ts';
import type { Database } from '../../src/database/open-database.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { defineWidget, Widget } from '../helpers/widget.ts';

let database: Database;
const user = (n: number) => ({ id: String(n), email: `user${n}@example.org` });

beforeAll(async () => {
  database = await createTestDatabase({ poolSize: 5 });
  await defineWidget(database.sequelize);
  auditlog.register(Widget);
});
afterAll(() => database.close());

test('200 concurrent actor contexts through a pool of 5 connections never mix', async () => {
  const users = Array.from({ length: 200 }, (_, index) => user(index));
  await Promise.all(
    users.map((actor) =>
      withUserActor(actor, async () => {
        const widget = await Widget.create({ code: actor.email });
        await nextTurn();
        await widget.update({ name: actor.email });
        await database.sequelize.transaction(async (transaction) => {
          await Widget.bulkCreate([{ name: actor.email }], { transaction });
          await widget.destroy({ transaction });
        });
      }),
    ),
  );
  const entries = await LogEntry.findAll();
  expect(entries).toHaveLength(800);
  for (const { actorEmail, actorId, changes } of entries) {
    const named = Object.values(changes)
      .flat()
      .find((value) => String(value).includes('@'));
    expect(actorEmail).toBe(named);
    expect(`user${actorId}@example.org`).toBe(named);
  }
});

test('contexts nest, and the outer one is back afterwards, also after an exception', async () => {
  const emails: (string | undefined)[] = [];
  const note = async () => emails.push((await currentContext()?.actor())?.email);
  await withUserActor(user(1), async () => {
    await note();
    await withUserActor(user(2), note);
    await note();
    const failing = withUserActor(user(3), async () => {
      await note();
      throw new Error('inside');
    });
    await expect(failing).rejects.toThrow('inside');
    await note();
  });
  await note();
  expect(emails).toEqual([
    'user1@example.org',
    'user2@example.org',
    'user1@example.org',
    'user3@example.org',
    'user1@example.org',
    undefined,
  ]);
});

test('an exception thrown before the first await rejects and ends the context', async () => {
  const failing = withUserActor(user(1), () => {
    throw new Error('at once');
  });
  await expect(failing).rejects.toThrow('at once');
  expect(currentContext()).toBeUndefined();
});

test('what an inner context leaves out comes from the outer one', async () => {
  await withUserActor(
    user(1),
    () =>
      withUserActor(
        user(2),
        async () =>
          expect(currentContext()).toMatchObject({
            runId: '7',
            correlationId: 'c-1',
            sourceUrl: 'https://a.example/',
          }),
        { sourceUrl: 'https://a.example/' },
      ),
    { runId: '7', correlationId: 'c-1' },
  );
});

test('work queued inside a context runs in that context even when another one drains the queue', async () => {
  const queue = new PQueue({ concurrency: 1, autoStart: false });
  const seen: (string | undefined)[] = [];
  const jobs = [1, 2, 3].map((n) =>
    withUserActor(user(n), () => queue.add(async () => seen.push((await currentContext()?.actor())?.email))),
  );
  await withUserActor(user(9), async () => {
    queue.start();
    await queue.onIdle();
  });
  await Promise.all(jobs);
  expect(seen).toEqual(['user1@example.org', 'user2@example.org', 'user3@example.org']);
});

test('a user who is changed during the context is recorded as who they were', async () => {
  const actor = { id: '5', email: 'before@example.org' };
  await withUserActor(actor, async () => {
    actor.email = 'after@example.org';
    expect((await currentContext()?.actor())?.email).toBe('before@example.org');
  });
});
