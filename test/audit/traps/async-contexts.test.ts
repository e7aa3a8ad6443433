import { AsyncResource } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import type { Actor } from '../../../src/audit/actors.ts';
import { withUserActor } from '../../../src/audit/actors.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { logOf } from '../../helpers/log-of.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

const at = useAuditedModels('without triggers', (sequelize) => {
  const library = defineLibrary(sequelize);
  auditlog.register(library.Book);
  return library;
});
const actor = (name: string): Actor => ({ id: null, email: `${name}@example.org` });
const as = <Result>(name: string, fn: () => Promise<Result>) => withUserActor(actor(name), fn);
const write = (title: string) => at.models.Book.create({ title });
/** Who wrote which title. */
const authors = async () =>
  Object.fromEntries(
    (await logOf()).map(({ objectLabel, actorEmail }) => [objectLabel, actorEmail.split('@')[0]]),
  );

test('a write that is started in a context and awaited outside has the context’s actor', async () => {
  let started: Promise<unknown> | undefined;
  await as('ana', async () => {
    started = write('a');
  });
  await started;
  expect(await authors()).toEqual({ a: 'ana' });
});

test('a function that is made in a context and called outside has no actor, unless it is bound', async () => {
  const [plain, bound] = await as('ana', async () => [
    () => write('plain'),
    AsyncResource.bind(() => write('bound')),
  ]);
  await expect(async () => plain?.()).rejects.toMatchObject({ code: 'AUDIT_NO_ACTOR' });
  await bound?.();
  expect(await authors()).toEqual({ bound: 'ana' });
});

test('a listener writes as whoever emits, not as whoever registered it', async () => {
  const emitter = new EventEmitter();
  const done: Promise<unknown>[] = [];
  await as('ana', async () => {
    emitter.on('page', (title: string) => done.push(write(title)));
  });
  await as('ben', async () => {
    emitter.emit('page', 'b');
  });
  await Promise.all(done);
  expect(await authors()).toEqual({ b: 'ben' });
});

test('rows of a batch that one producer flushes for all are recorded as their own actors’', async () => {
  const buffer: { title: string; actor: Actor }[] = [];
  const flush = () => {
    const rows = buffer.splice(0);
    return at.models.Book.bulkCreate(
      rows.map(({ title }) => ({ title })),
      { audit: { rows: rows.map((row) => ({ actor: row.actor })) } },
    );
  };
  await as('ana', async () => buffer.push({ title: 'a', actor: actor('ana') }));
  await as('ben', async () => {
    buffer.push({ title: 'b', actor: actor('ben') });
    await flush();
  });
  expect(await authors()).toEqual({ a: 'ana', b: 'ben' });
});

test('a worker that was started in one context writes each job as the actor that the job carries', async () => {
  const jobs: { title: string; actor: Actor; done: () => void }[] = [];
  const signal = new EventEmitter();
  const worker = as('boot', async () => {
    for (;;) {
      const job = jobs.shift();
      if (job === undefined) await new Promise((resolve) => signal.once('job', resolve));
      else if (job.title === 'stop') return job.done();
      else await withUserActor(job.actor, () => write(job.title)).finally(job.done);
    }
  });
  const hand = (name: string, title: string) =>
    as(name, () => {
      return new Promise<void>((done) => {
        jobs.push({ title, actor: actor(name), done });
        signal.emit('job');
      });
    });
  await Promise.all([hand('ana', 'a'), hand('ben', 'b')]);
  await hand('boot', 'stop');
  await worker;
  expect(await authors()).toEqual({ a: 'ana', b: 'ben' });
});

test('a context does not leak to what runs after it', async () => {
  await as('ana', () => write('a'));
  await expect(async () => write('b')).rejects.toMatchObject({ code: 'AUDIT_NO_ACTOR' });
  await Promise.all([as('ana', () => write('c')), as('ben', () => write('d'))]);
  await expect(async () => write('e')).rejects.toMatchObject({ code: 'AUDIT_NO_ACTOR' });
  expect(await authors()).toEqual({ a: 'ana', c: 'ana', d: 'ben' });
});
