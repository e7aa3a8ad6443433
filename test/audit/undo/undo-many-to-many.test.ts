import { describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';
import { inRun, person, undo } from './undo-runs.ts';

describe.each(auditModes)('undo of what joined and left a relation, %s:', (mode) => {
  const at = useAuditedModels(mode, (sequelize) => {
    const library = defineLibrary(sequelize);
    auditlog.register(library.Book, { manyToMany: ['tags'] });
    auditlog.register(library.Tag);
    return library;
  });
  const as = <Result>(name: string, fn: () => Promise<Result>) => withUserActor(person(name), fn);
  const run = (fn: () => Promise<unknown>) => inRun(at.sequelize, 'bot', fn);
  const links = async () => {
    const { BookTag } = at.models;
    return (await BookTag.findAll({ order: ['bookId', 'tagId'] })).map(({ bookId, tagId }) => [
      bookId,
      tagId,
    ]);
  };
  /** A book with the tags 1 and 2, and tag 3. */
  const start = () =>
    as('ana', async () => {
      await at.models.Tag.bulkCreate(['old', 'rare', 'lent'].map((name) => ({ name })));
      const book = await at.models.Book.create({ title: 'Emma' });
      await book.setTags([1, 2]);
      return book;
    });

  test('what joined leaves, what left joins again, and back', async () => {
    const book = await start();
    const bad = await run(() => book.setTags([2, 3]));
    const { runId, plan } = await undo(at.sequelize, { filter: { run: bad } });
    expect(await links()).toEqual([
      [1, 1],
      [1, 2],
    ]);
    expect(plan.counts).toMatchObject({ restored: 1, skipped: 0 });
    await undo(at.sequelize, { filter: { run: runId } });
    expect(await links()).toEqual([
      [1, 2],
      [1, 3],
    ]);
  });

  test('what somebody else attached or detached since stays', async () => {
    const book = await start();
    const bad = await run(() => book.setTags([2, 3]));
    await as('ben', async () => {
      await book.removeTag(3);
      await book.addTag(3);
    });
    const { plan, steps } = await undo(at.sequelize, { filter: { run: bad } });
    expect(await links()).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
    ]);
    expect(steps[0]?.conflicts).toMatchObject([
      { field: 'tags', reason: 'changed', actorEmail: 'ben@example.org' },
    ]);
    expect(plan.counts).toMatchObject({ conflictsByActor: { 'ben@example.org': 1 } });
  });

  test('a deleted record returns with its relations', async () => {
    const book = await start();
    const bad = await run(async () => {
      await book.setTags([]);
      await book.destroy();
    });
    await undo(at.sequelize, { filter: { run: bad } });
    expect(await links()).toEqual([
      [1, 1],
      [1, 2],
    ]);
  });

  test('a created record with relations of its own making is removed with them', async () => {
    await start();
    const bad = await run(async () => {
      const book = await at.models.Book.create({ title: 'New' });
      await book.setTags([1, 3]);
    });
    const { plan } = await undo(at.sequelize, { filter: { run: bad } });
    expect(await links()).toEqual([
      [1, 1],
      [1, 2],
    ]);
    expect(plan.counts).toMatchObject({ removed: 1, skipped: 0 });
  });
});
