import { randomUUID } from 'node:crypto';
import { QueryTypes, type Sequelize } from 'sequelize';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { withSystemActor, withUserActor } from '../../src/audit/actors.ts';
import { LogEntry } from '../../src/audit/log-entry.ts';
import type { Database } from '../../src/database/open-database.ts';
import { HotspotsError } from '../../src/errors.ts';
import { countJobs } from '../../src/jobs/counts.ts';
import { discardDeadLetters, listDeadLetters, retryDeadLetters } from '../../src/jobs/dead-letters.ts';
import { sendJob } from '../../src/jobs/queue.ts';
import { defineTask, type TaskOutcome } from '../../src/jobs/task.ts';
import { startWorker, type Worker } from '../../src/jobs/worker/worker.ts';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { User } from '../../src/records/user.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { waitFor } from '../helpers/wait-for.ts';

let database: Database;
let sequelize: Sequelize;
let worker: Worker;
let ana: User;
const ended: { task: string; outcome: string; summary: string }[] = [];
/** What the task `mend` does, so that a test can have it fail or wait. */
let mend: (name: string, signal: AbortSignal) => Promise<TaskOutcome>;

const makePlace = async (name: string): Promise<TaskOutcome> => {
  await Place.create({ name });
  return { state: 'done', summary: `made ${name}` };
};

const tasks = new Map(
  [
    defineTask({
      name: 'mend',
      summary: 'For tests',
      data: z.strictObject({ name: z.string() }),
      retryLimit: 1,
      retryDelay: 1,
      run: ({ name }, { signal }) => mend(name, signal),
    }),
    defineTask({
      name: 'keyed',
      summary: 'For tests',
      data: z.strictObject({ key: z.string() }),
      keyOf: ({ key }) => key,
      retryLimit: 2,
      run: ({ key }, { signal }) => mend(key, signal),
    }),
    defineTask({
      name: 'failing',
      summary: 'For tests',
      data: z.strictObject({}),
      retryLimit: 6,
      retryDelay: 120,
      run: () => mend('', new AbortController().signal),
    }),
  ].map((task) => [task.name, task]),
);

const options = {
  // Jobs of `failing` are taken by a test.
  tasks,
  only: ['mend', 'keyed'],
  pollingSeconds: 0.5,
  concurrency: 3,
  onEnd: (end: { task: string; outcome: string; summary: string }) => ended.push(end),
};

beforeAll(async () => {
  database = await createTestDatabase();
  ({ sequelize } = database);
  await bindModels(database);
  ana = await withSystemActor(() =>
    User.create({ email: 'ana@example.org', username: 'ana', passwordHash: null, role: 'editor' }),
  );
  // Begun in somebody's context, as a loop is that a request has started.
  worker = await withUserActor(ana, () => startWorker(database, options), {
    correlationId: 'of the one who started the loop',
    remoteAddress: '192.0.2.1',
    extra: { loop: true },
  });
});
afterAll(async () => {
  await worker.stop();
  await database.close();
});
beforeEach(() => {
  ended.length = 0;
  mend = makePlace;
});

const finished = (count: number) => waitFor(`${count} jobs to end`, () => ended.length >= count);
const entryOf = (name: string) =>
  LogEntry.findOne({ where: { model: 'Place', objectLabel: name }, rejectOnEmpty: true });

describe('a job', () => {
  test('that nobody queued is the system user’s, whoever started the loop', async () => {
    await sendJob(worker.queue, 'mend', { name: 'By nobody' });
    await finished(1);
    const entry = await entryOf('By nobody');
    expect(entry).toMatchObject({
      actorEmail: 'system@vibemap.com',
      remoteAddress: null,
      extra: { task: 'mend' },
    });
    expect(entry.extra).not.toHaveProperty('loop');
    expect(entry.correlationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('is the user’s who queued it, with the correlation id of the request', async () => {
    await withUserActor(ana, () => sendJob(worker.queue, 'mend', { name: 'By Ana' }), {
      correlationId: 'request 1',
      remoteAddress: '192.0.2.7',
    });
    await finished(1);
    expect(await entryOf('By Ana')).toMatchObject({
      actorEmail: 'ana@example.org',
      correlationId: 'request 1',
      remoteAddress: null,
    });
  });

  test('is sent with the transaction that it belongs to, or not at all', async () => {
    const failed = sequelize.transaction(async (transaction) => {
      await sendJob(worker.queue, 'mend', { name: 'Never' }, { transaction });
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    await sequelize.transaction(async (transaction) => {
      expect(await sendJob(worker.queue, 'mend', { name: 'With it' }, { transaction })).not.toBeNull();
    });
    await finished(1);
    expect(ended).toMatchObject([{ summary: 'made With it' }]);
    expect(await Place.count({ where: { name: 'Never' } })).toBe(0);
  });

  test('with data that its task cannot use is refused when it is sent', async () => {
    await expect(sendJob(worker.queue, 'mend', { nome: 'x' })).rejects.toMatchObject({ code: 'JOB_INVALID' });
    await expect(sendJob(worker.queue, 'mned', {})).rejects.toThrow(
      'There is no task "mned". Tasks are mend, keyed, failing.',
    );
  });

  test('with a key waits or runs once only', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    mend = async (name) => {
      await held;
      return { state: 'done', summary: name };
    };
    expect(await sendJob(worker.queue, 'keyed', { key: 'a' })).not.toBeNull();
    expect(await sendJob(worker.queue, 'keyed', { key: 'a' })).toBeNull();
    expect(await sendJob(worker.queue, 'keyed', { key: 'b' })).not.toBeNull();
    release();
    await finished(2);
    expect(ended.map(({ summary }) => summary).sort()).toEqual(['a', 'b']);
    expect(await sendJob(worker.queue, 'keyed', { key: 'a' })).not.toBeNull();
    await finished(3);
  });

  test('that fails leaves nothing behind, is tried again, and then is a dead letter that can be retried', async () => {
    mend = async (name) => {
      await sequelize.transaction(async (transaction) => {
        await Place.create({ name }, { transaction });
        throw new Error('the printer is on fire');
      });
      return { state: 'done', summary: name };
    };
    await withUserActor(ana, () => sendJob(worker.queue, 'mend', { name: 'Burnt' }), {
      correlationId: 'request 2',
    });
    const [letter] = await waitFor('a dead letter', async () => {
      const letters = await listDeadLetters(sequelize);
      return letters.length > 0 ? letters : null;
    });
    expect(letter).toMatchObject({
      task: 'mend',
      data: { name: 'Burnt' },
      actorEmail: 'ana@example.org',
      correlationId: 'request 2',
      error: 'the printer is on fire',
      attempts: 2,
    });
    expect(ended.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
    expect(await Place.count({ where: { name: 'Burnt' } })).toBe(0);
    mend = makePlace;
    await retryDeadLetters(worker.queue, [letter?.id ?? '']);
    await finished(3);
    expect(await entryOf('Burnt')).toMatchObject({
      actorEmail: 'ana@example.org',
      correlationId: 'request 2',
    });
    expect(await listDeadLetters(sequelize)).toEqual([]);
    await expect(retryDeadLetters(worker.queue, [letter?.id ?? ''])).rejects.toMatchObject({
      code: 'JOB_UNKNOWN',
    });
  });

  test('that failed permanently is not sent beside another one with its key, and may be discarded', async () => {
    mend = async () => {
      throw new HotspotsError('SOURCE_UNKNOWN', 'gone');
    };
    for (const expected of [1, 2, 3]) {
      await sendJob(worker.queue, 'keyed', { key: 'gone' });
      await waitFor('a dead letter', async () => (await listDeadLetters(sequelize)).length === expected);
    }
    const [newest] = await listDeadLetters(sequelize);
    await expect(discardDeadLetters(worker.queue, [newest?.id ?? '', randomUUID()])).rejects.toMatchObject({
      code: 'JOB_UNKNOWN',
    });
    await discardDeadLetters(worker.queue, [newest?.id ?? '']);
    expect(await listDeadLetters(sequelize)).toHaveLength(2);
    mend = makePlace;
    expect(await retryDeadLetters(worker.queue)).toBe(1);
    expect(await listDeadLetters(sequelize)).toEqual([]);
    await finished(4);
    expect(await Place.count({ where: { name: 'gone' } })).toBe(1);
  });

  test('that fails with text that the database cannot hold is a dead letter all the same', async () => {
    mend = async () => {
      throw new HotspotsError('SOURCE_UNKNOWN', `nul \0 half \ud800 ${'long '.repeat(100_000)}`);
    };
    await sendJob(worker.queue, 'mend', { name: 'Hostile' });
    const [letter] = await waitFor('a dead letter', async () => {
      const letters = await listDeadLetters(sequelize);
      return letters.length > 0 ? letters : null;
    });
    expect(letter?.error).toMatch(/^nul \ufffd half \ufffd long/);
    expect(letter?.error.length).toBeLessThan(2100);
    await discardDeadLetters(worker.queue);
    expect(await listDeadLetters(sequelize)).toEqual([]);
    await expect(sendJob(worker.queue, 'mend', { name: 'nul \0' })).rejects.toMatchObject({
      code: 'JOB_INVALID',
    });
  });

  test.each([
    ['an older program, which knew fewer members', { data: { name: 'Stored' }, actor: null }],
    [
      'a newer program, which knew more members',
      { data: { name: 'Stored' }, actor: null, correlationId: null, version: 1, priority: 2 },
    ],
  ])('that was queued by %s is done', async (_program, envelope) => {
    await worker.queue.boss.send('mend', envelope);
    await finished(1);
    expect(ended).toMatchObject([{ summary: 'made Stored' }]);
  });

  test.each([
    [
      'says not who queued it',
      { data: { name: 'x' } },
      /^A job of the task mend cannot be read\..*at actor.*sendJob/s,
    ],
    [
      'has the form of another version',
      { data: { name: 'x' }, actor: null, version: 2 },
      /It has version 2, and this program reads version 1\./,
    ],
    [
      'has data that its task cannot use',
      { data: { nome: 'x' }, actor: null, version: 1 },
      /^The task mend was given data that it cannot use:\n.*"nome"/,
    ],
  ])('that %s is a dead letter at once, with what is wrong', async (_problem, envelope, error) => {
    await worker.queue.boss.send('mend', envelope);
    const [letter] = await waitFor('a dead letter', async () => {
      const letters = await listDeadLetters(sequelize);
      return letters.length > 0 ? letters : null;
    });
    expect(letter).toMatchObject({ attempts: 1, error: expect.stringMatching(error) });
    await discardDeadLetters(worker.queue);
  });

  test('of a user who was deactivated is refused at once, and says what to do', async () => {
    const ben = await withSystemActor(() =>
      User.create({ email: 'ben@example.org', username: 'ben', passwordHash: null, role: 'editor' }),
    );
    await withUserActor(ben, () =>
      sendJob(worker.queue, 'mend', { name: 'Too late' }, { startAfter: new Date(Date.now() + 600) }),
    );
    await withSystemActor(() => ben.update({ isActive: false }));
    await finished(1);
    const [letter] = await waitFor('a dead letter', async () => {
      const letters = await listDeadLetters(sequelize);
      return letters.length > 0 ? letters : null;
    });
    expect(letter?.error).toContain('ben@example.org, who is deactivated');
    expect(letter?.attempts).toBe(1);
    expect(await Place.count({ where: { name: 'Too late' } })).toBe(0);
  });

  test('that a worker must leave goes back to the queue at once, and another worker does it', async () => {
    const first = await startWorker(database, { ...options, only: ['keyed'] });
    await worker.queue.boss.offWork('keyed');
    let begun = 0;
    mend = async (name, signal) => {
      begun += 1;
      if (begun > 1) return await makePlace(name);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { state: 'stopped', summary: 'in the middle' };
    };
    await sendJob(first.queue, 'keyed', { key: 'Handed back' });
    await waitFor('the job to begin', () => begun === 1);
    await first.stop();
    expect(ended).toMatchObject([{ outcome: 'stopped' }]);
    await using _second = await startWorker(database, { ...options, only: ['keyed'] });
    await finished(2);
    expect(ended[1]).toMatchObject({ outcome: 'done' });
    expect(await Place.count({ where: { name: 'Handed back' } })).toBe(1);
  });

  test('that workers hand back again and again has all its retries left', async () => {
    let begun = 0;
    mend = async (_name, signal) => {
      begun += 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { state: 'stopped', summary: 'in the middle' };
    };
    await sendJob(worker.queue, 'keyed', { key: 'Handed round' });
    for (const stops of [1, 2, 3]) {
      const next = await startWorker(database, { ...options, only: ['keyed'] });
      await waitFor('the job to begin', () => begun === stops);
      await next.stop();
    }
    mend = async (name) => {
      begun += 1;
      if (begun === 4) throw new Error('once');
      return await makePlace(name);
    };
    await using _last = await startWorker(database, { ...options, only: ['keyed'] });
    await finished(4);
    // As if the pause before the next try were over.
    await waitFor('the job to be put back', async () => {
      const [put] = await sequelize.query(
        "UPDATE pgboss.job SET start_after = now() WHERE name = 'keyed' AND state = 'retry' RETURNING id",
      );
      return put.length === 1;
    });
    await finished(5);
    expect(ended.map(({ outcome }) => outcome)).toEqual(['stopped', 'stopped', 'stopped', 'failed', 'done']);
  });

  test('of which handing it back fails is tried again, and not left cancelled', async () => {
    await sequelize.query(`
      CREATE FUNCTION refuse_resume() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE 'as if the worker were killed here'; END $$;
      CREATE TRIGGER refuse_resume BEFORE UPDATE ON pgboss.job FOR EACH ROW
        WHEN (OLD.state = 'cancelled') EXECUTE FUNCTION refuse_resume();
    `);
    const first = await startWorker(database, { ...options, only: ['keyed'] });
    let hasBegun = false;
    mend = async (_name, signal) => {
      hasBegun = true;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return { state: 'stopped', summary: 'in the middle' };
    };
    await sendJob(first.queue, 'keyed', { key: 'Not cancelled' });
    await waitFor('the job to begin', () => hasBegun);
    await first.stop();
    const jobs = await sequelize.query(
      "SELECT state FROM pgboss.job WHERE name = 'keyed' AND singleton_key = 'Not cancelled'",
      { type: QueryTypes.SELECT },
    );
    await sequelize.query('DROP FUNCTION refuse_resume CASCADE');
    await worker.queue.boss.deleteQueuedJobs('keyed');
    expect(jobs).toEqual([{ state: 'retry' }]);
  });

  test('that does not stop in time stays with its worker, so that nobody does it beside that', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun = 0;
    mend = async (name) => {
      begun += 1;
      await held;
      return await makePlace(name);
    };
    const stubborn = await startWorker(database, { ...options, only: ['keyed'] });
    await sendJob(stubborn.queue, 'keyed', { key: 'Stubborn' });
    await waitFor('the job to begin', () => begun === 1);
    expect(await stubborn.stop(20)).toBe(false);
    expect((await countJobs(sequelize)).find(({ task }) => task === 'keyed')).toMatchObject({
      active: 1,
      waiting: 0,
      deferred: 0,
    });
    release();
    await finished(1);
    await stubborn.queue.close();
    expect(ended).toMatchObject([{ outcome: 'done' }]);
    expect(await Place.count({ where: { name: 'Stubborn' } })).toBe(1);
  });

  test('waits about twice as long before each further try, up to an hour', async () => {
    await sendJob(worker.queue, 'failing', {});
    for (const least of [120, 240, 480, 960, 1920, 3600]) {
      // As if the pause before this try were over.
      await sequelize.query("UPDATE pgboss.job SET start_after = now() WHERE name = 'failing'");
      const [{ id = '' } = {}] = await worker.queue.boss.fetch('failing');
      await worker.queue.boss.fail('failing', id, { message: 'no' });
      const [row] = await sequelize.query<{ pause: number }>(
        'SELECT extract(epoch FROM start_after - now())::float AS pause FROM pgboss.job WHERE id = $1',
        { bind: [id], type: QueryTypes.SELECT },
      );
      expect(row?.pause).toBeGreaterThan(least - 10);
      expect(row?.pause).toBeLessThanOrEqual(Math.min(least * 2, 3600));
    }
  });

  test('is counted', async () => {
    const mended = async () => (await countJobs(sequelize)).find(({ task }) => task === 'mend');
    const before = (await mended())?.completed ?? 0;
    await sendJob(worker.queue, 'mend', { name: 'Counted' });
    await sendJob(worker.queue, 'mend', { name: 'Later' }, { startAfter: new Date('2100-01-01') });
    const after = await waitFor('the end to be stored', async () => {
      const counts = await mended();
      return counts?.completed === before + 1 ? counts : null;
    });
    expect(after).toMatchObject({ waiting: 0, deferred: 1, active: 0 });
  });
});
