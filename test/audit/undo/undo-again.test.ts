import { describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';
import { inRun, person, undo } from './undo-runs.ts';

describe.each(auditModes)('undo after undo, %s:', (mode) => {
  const at = useAuditedModels(mode, (sequelize) => {
    const library = defineLibrary(sequelize);
    auditlog.register([library.Author, library.Book]);
    return library;
  });
  const run = (fn: () => Promise<unknown>) => inRun(at.sequelize, 'bot', fn);
  const undoRun = (id: string) => undo(at.sequelize, { filter: { run: id } });
  const books = async () =>
    (await at.models.Book.findAll({ order: ['id'] })).map(({ title, pages }) => [title, pages]);
  const start = () => withUserActor(person('ana'), () => at.models.Book.create({ title: 'Right', pages: 1 }));

  test('an earlier run is taken back after a later one was', async () => {
    const book = await start();
    const first = await run(() => book.update({ title: 'Wrong' }));
    const second = await run(() => book.update({ title: 'More wrong', pages: 2 }));
    await undoRun(second);
    expect(await books()).toEqual([['Wrong', 1]]);
    const { plan } = await undoRun(first);
    expect(await books()).toEqual([['Right', 1]]);
    expect(plan.counts).toMatchObject({ restored: 1, fields: 1, skipped: 0 });
  });

  test('what an earlier run had changed is taken back in a record that an undo brought back', async () => {
    const book = await start();
    const first = await run(() => book.update({ title: 'Wrong' }));
    const second = await run(() => book.destroy());
    await undoRun(second);
    const { plan } = await undoRun(first);
    expect(await books()).toEqual([['Right', 1]]);
    expect(plan.counts).toMatchObject({ restored: 1, skipped: 0 });
  });

  test('what an earlier run had made is removed after it was deleted and brought back', async () => {
    const first = await run(() => at.models.Book.create({ title: 'Unwanted' }));
    const second = await run(async () => void (await (await at.models.Book.findOne())?.destroy()));
    await undoRun(second);
    const { plan } = await undoRun(first);
    expect(await books()).toEqual([]);
    expect(plan.counts).toMatchObject({ removed: 1, skipped: 0 });
  });

  test('the same run a second time finds everything undone already', async () => {
    const book = await start();
    const bad = await run(async () => {
      await book.update({ title: 'Wrong' });
      await at.models.Book.create({ title: 'Unwanted' });
    });
    await undoRun(bad);
    const { plan } = await undoRun(bad);
    expect(plan.counts).toMatchObject({ already: 2, restored: 0, removed: 0, recreated: 0, skipped: 0 });
  });

  test('undoing and undoing that again leads back and forth, as often as one likes', async () => {
    const book = await start();
    const bad = await run(async () => {
      await book.update({ title: 'Wrong', pages: 2 });
      await at.models.Book.create({ title: 'New', pages: 3 });
    });
    const wrong = await books();
    let last = bad;
    for (let times = 1; times <= 4; times += 1) {
      ({ runId: last } = await undoRun(last));
      expect(await books()).toEqual(times % 2 === 1 ? [['Right', 1]] : wrong);
    }
  });

  test('a run whose undo was undone can be undone afresh', async () => {
    const book = await start();
    const bad = await run(() => book.update({ title: 'Wrong' }));
    const { runId } = await undoRun(bad);
    await undoRun(runId);
    const { plan } = await undoRun(bad);
    expect(await books()).toEqual([['Right', 1]]);
    expect(plan.counts).toMatchObject({ restored: 1, skipped: 0 });
  });
});
