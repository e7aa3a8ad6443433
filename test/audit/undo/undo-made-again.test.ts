import { describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';
import { inRun, person, undo } from './undo-runs.ts';

describe.each(auditModes)('undo of a record that was deleted and made again under its id, %s:', (mode) => {
  const at = useAuditedModels(mode, (sequelize) => {
    const library = defineLibrary(sequelize);
    auditlog.register([library.Author, library.Book]);
    return library;
  });
  const as = <Result>(name: string, fn: () => Promise<Result>) => withUserActor(person(name), fn);
  const run = (fn: () => Promise<unknown>) => inRun(at.sequelize, 'bot', fn);
  const make = (title: string) => at.models.Book.create({ id: 1, title });
  const remove = async () => void (await (await at.models.Book.findByPk(1))?.destroy());

  test('who made again what was deleted is named, and the record stays', async () => {
    await as('ana', () => make('Right'));
    const bad = await run(remove);
    await as('ben', () => make('Ben’s'));
    const { plan, steps } = await undo(at.sequelize, { filter: { run: bad } });
    expect(await at.models.Book.findOne()).toMatchObject({ title: 'Ben’s' });
    expect(steps[0]?.conflicts).toContainEqual(
      expect.objectContaining({ field: 'title', reason: 'changed', actorEmail: 'ben@example.org' }),
    );
    expect(plan.counts).toMatchObject({ skipped: 1, restored: 0 });
  });

  test('a deleted record that somebody made again as it was counts as undone', async () => {
    await as('ana', () => make('Right'));
    const bad = await run(remove);
    await as('ben', () => make('Right'));
    const { plan } = await undo(at.sequelize, { filter: { run: bad } });
    expect(plan.counts).toMatchObject({ already: 1, skipped: 0 });
  });

  test('who deleted and made again what was made is named, and the record stays', async () => {
    const bad = await run(() => make('New'));
    await as('ben', async () => {
      await remove();
      await make('Ben’s');
    });
    const { plan } = await undo(at.sequelize, { filter: { run: bad } });
    expect(await at.models.Book.findOne()).toMatchObject({ title: 'Ben’s' });
    expect(plan.counts).toMatchObject({ skipped: 1, conflictsByActor: { 'ben@example.org': 1 } });
  });

  test('everything that was written before the deletion counts as taken back, also where nothing was before', async () => {
    await as('ana', () => make('Right'));
    const bad = await run(async () => {
      await at.models.Book.update({ price: '9.99' }, { where: { id: 1 } });
      await remove();
    });
    const { plan } = await undo(at.sequelize, { filter: { run: bad } });
    expect(await at.models.Book.findOne()).toMatchObject({ title: 'Right', price: null });
    expect(plan.counts).toMatchObject({ recreated: 1, entries: 2, skipped: 0 });
  });
});
