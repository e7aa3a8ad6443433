import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type Actor,
  currentContext,
  setAutomatedActorResolver,
  withScraperActor,
  withSystemActor,
  withUserActor,
} from '../../../src/audit/actors.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { setMissingActorPolicy } from '../../../src/audit/settings.ts';
import { ana, asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { logOf } from '../../helpers/log-of.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

const automated: Record<'scraper' | 'system', Actor> = {
  scraper: { id: '8', email: 'scraper@example.org' },
  system: { id: '9', email: 'system@example.org' },
};

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, (sequelize) => {
    const library = defineLibrary(sequelize);
    auditlog.register(library.Book);
    return library;
  });
  const authors = async () => {
    const entries = await LogEntry.findAll({ order: ['id'] });
    return entries.map(({ actorId, actorEmail }) => [actorId, actorEmail]);
  };
  /** One creation, and one change and deletion of each kind: five entries. */
  const writeAll = async () => {
    const { Book } = at.models;
    const book = await Book.create({ title: 'Emma' });
    await book.update({ title: 'Persuasion' });
    await Book.update({ title: 'Sanditon' }, { where: { id: book.id } });
    await book.destroy();
    await Book.destroy({ where: { title: 'none' } });
    await Book.bulkCreate([{ title: 'Emma' }]);
  };
  afterEach(() => setMissingActorPolicy('refuse'));

  test('whatever is written inside a context carries its actor and e-mail', async () => {
    await withUserActor(ana, writeAll);
    expect(await authors()).toEqual(Array(5).fill(['41', 'ana@example.org']));
  });

  test('outside any context every way of writing is refused and nothing is written', async () => {
    const { Book } = at.models;
    const book = await asAna(() => Book.create({ title: 'Emma' }));
    const calls = [
      () => Book.create({ title: 'x' }),
      () => book.update({ title: 'x' }),
      () => book.destroy(),
      () => book.restore(),
      () => book.increment('pages'),
      () => Book.bulkCreate([{ title: 'x' }]),
      () => Book.bulkCreate([{ id: 1 }], { updateOnDuplicate: ['title'] }),
      () => Book.findOrCreate({ where: { title: 'x' } }),
      () => Book.findCreateFind({ where: { title: 'x' } }),
      () => Book.upsert({ id: 1, title: 'x' }),
      () => Book.update({ title: 'x' }, { where: { id: 1 } }),
      () => Book.destroy({ where: { id: 1 } }),
      () => Book.increment('pages', { where: { id: 1 } }),
      () => Book.truncate(),
    ];
    for (const call of calls) {
      await expect(async () => call(), String(call)).rejects.toMatchObject({ code: 'AUDIT_NO_ACTOR' });
    }
    expect(await Book.findAll({ raw: true })).toMatchObject([{ id: 1, title: 'Emma', pages: 100 }]);
    expect(await logOf()).toHaveLength(1);
  });

  test('where the policy allows it, writes without an actor are the system user’s', async () => {
    setAutomatedActorResolver(async (kind) => automated[kind]);
    setMissingActorPolicy('system');
    await writeAll();
    expect(await authors()).toEqual(Array(5).fill(['9', 'system@example.org']));
  });

  test('where the policy allows it, writes without an actor are recorded as unknown, with a warning', async () => {
    setMissingActorPolicy('record');
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    try {
      await writeAll();
      await nextTurn();
    } finally {
      process.off('warning', note);
    }
    expect(await authors()).toEqual(Array(5).fill([null, 'unknown']));
    // Once per model and process, so the second mode of this file is quiet.
    if (mode === 'without triggers')
      expect(warnings.map(String)).toEqual([expect.stringContaining('Book.create')]);
  });

  test('a context whose body throws has ended', async () => {
    const failing = withUserActor(ana, async () => {
      await at.models.Book.create({ title: 'Emma' });
      throw new Error('inside');
    });
    await expect(failing).rejects.toThrow('inside');
    expect(currentContext()).toBeUndefined();
    await expect(async () => at.models.Book.create({})).rejects.toMatchObject({ code: 'AUDIT_NO_ACTOR' });
  });

  test('the scraper and the system user are stored like people', async () => {
    setAutomatedActorResolver(async (kind) => automated[kind]);
    await withScraperActor(() => at.models.Book.create({}));
    await withSystemActor(() => at.models.Book.update({ pages: 2 }, { where: {} }));
    expect(await authors()).toEqual([
      ['8', 'scraper@example.org'],
      ['9', 'system@example.org'],
    ]);
  });

  test('extra values that are functions are asked when the entry is written', async () => {
    let step = 0;
    const extra = { step: () => step, fixed: 'f' };
    await withUserActor(
      ana,
      async () => {
        const book = await at.models.Book.create({});
        step = 1;
        await book.update({ pages: 2 });
        step = 2;
        await at.models.Book.update({ pages: 3 }, { where: {} });
      },
      { extra },
    );
    const entries = await LogEntry.findAll({ order: ['id'] });
    expect(entries.map((entry) => entry.extra)).toEqual([0, 1, 2].map((n) => ({ step: n, fixed: 'f' })));
  });

  test('actors of concurrent contexts do not mix, and an item handed on is written as its own actor', async () => {
    const user = (n: number) => ({ id: String(n), email: `user${n}@example.org` });
    const items: { actor: Actor; title: string }[] = [];
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        withUserActor(user(n), async () => {
          const book = await at.models.Book.create({ title: user(n).email });
          await at.models.Book.update({ title: `${user(n).email} again` }, { where: { id: book.id } });
          items.push({ actor: user(n), title: user(n).email });
        }),
      ),
    );
    // Whoever empties the queue: each item is written under the actor that it carries.
    await asAna(async () => {
      for (const { actor, title } of items)
        await withUserActor(actor, () => at.models.Book.create({ title }));
    });
    const entries = await LogEntry.findAll();
    expect(entries).toHaveLength(120);
    for (const { objectLabel, actorEmail } of entries) expect(objectLabel.split(' ')[0]).toBe(actorEmail);
  });
});
