import { describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { verifyLog } from '../../../src/audit/proof/verify-log.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { planUndo } from '../../../src/audit/undo/plan-undo.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';
import { defineHalls } from './halls.ts';
import { applyPlan, inRun, person, undo } from './undo-runs.ts';

/** What the database does to rows that point to a deleted one; only triggers can record that it does anything. */
const settings = [
  { onDelete: 'NO ACTION', mode: 'without triggers' },
  { onDelete: 'SET NULL', mode: 'with triggers' },
  { onDelete: 'CASCADE', mode: 'with triggers' },
] as const;

describe.each(settings)(
  'undo of records that others point to, $mode, ON DELETE $onDelete:',
  ({ mode, onDelete }) => {
    const at = useAuditedModels(mode, (sequelize) => defineHalls(sequelize, onDelete));
    const as = <Result>(name: string, fn: () => Promise<Result>) => withUserActor(person(name), fn);
    const run = (fn: () => Promise<unknown>) => inRun(at.sequelize, 'bot', fn);
    const rows = async () => {
      const { Hall, Show } = at.models;
      const lists = [await Hall.findAll({ order: ['id'] }), await Show.findAll({ order: ['id'] })];
      return lists.map((list) => list.map((row) => row.get()));
    };
    const problems = async () => {
      const own = auditlog.registrations().filter(({ model }) => model.sequelize === at.sequelize);
      return (await verifyLog(at.sequelize, own)).problems;
    };
    const reasons = (steps: Awaited<ReturnType<typeof undo>>['steps']) =>
      steps.flatMap(({ conflicts }) => conflicts.map(({ reason }) => reason));

    test('what was deleted returns in an order that the database takes, and goes again when that is undone', async () => {
      const { Hall, Show } = at.models;
      await as('ana', async () => {
        await Hall.bulkCreate([{ name: 'Small' }, { name: 'House' }]);
        await Hall.update({ parentId: 2 }, { where: { id: 1 } });
        await Show.bulkCreate([{ name: 'A', hallId: 1 }, { name: 'B', hallId: 2 }, { name: 'C' }]);
      });
      const before = await rows();
      const bad = await run(async () => {
        for (const show of await Show.findAll()) await show.destroy();
        for (const hall of await Hall.findAll({ order: ['id'] })) await hall.destroy();
      });
      const { plan, runId } = await undo(at.sequelize, { filter: { run: bad } });
      expect(await rows()).toEqual(before);
      expect(plan.counts).toMatchObject({ recreated: 5, skipped: 0 });
      const again = await undo(at.sequelize, { filter: { run: runId } });
      expect(await rows()).toEqual([[], []]);
      expect(again.plan.counts).toMatchObject({ removed: 5, skipped: 0 });
      expect(await problems()).toBe(0);
    });

    test('what was made goes in an order that the database takes, however it came to point', async () => {
      const { Hall, Show } = at.models;
      const bad = await run(async () => {
        const show = await Show.create({ name: 'A' });
        const inner = await Hall.create({ name: 'Small' });
        const outer = await Hall.create({ name: 'House' });
        await inner.update({ parentId: outer.get('id') });
        await show.update({ hallId: inner.get('id') });
      });
      const { plan, runId } = await undo(at.sequelize, { filter: { run: bad } });
      expect(await rows()).toEqual([[], []]);
      expect(plan.counts).toMatchObject({ removed: 3, skipped: 0 });
      await undo(at.sequelize, { filter: { run: runId } });
      expect((await rows()).map(({ length }) => length)).toEqual([2, 1]);
    });

    /** Halls 1, 2 and 3, each in another of them. */
    const makeCircle = async () => {
      const { Hall } = at.models;
      await Hall.create({ id: 1, name: 'House' });
      await Hall.create({ id: 2, name: 'Small', parentId: 1 });
      await Hall.create({ id: 3, name: 'Smaller', parentId: 2 });
      await Hall.update({ parentId: 3 }, { where: { id: 1 } });
    };

    test('what was made goes also where it points to each other in a circle, and returns when that is undone', async () => {
      const bad = await run(makeCircle);
      const before = await rows();
      const { plan, runId, steps } = await undo(at.sequelize, { filter: { run: bad } });
      expect(await rows()).toEqual([[], []]);
      expect(reasons(steps)).toEqual([]);
      expect(plan.counts).toMatchObject({ removed: 3, restored: 0, skipped: 0 });
      await undo(at.sequelize, { filter: { run: runId } });
      expect(await rows()).toEqual(before);
      expect(await problems()).toBe(0);
    });

    test('what was made in a circle is kept when others point into it, without what was changed of it later', async () => {
      const { Show } = at.models;
      const bad = await run(makeCircle);
      await as('ben', () => Show.create({ name: 'Ben’s', hallId: 3 }));
      await undo(at.sequelize, { filter: { run: bad } });
      expect((await rows())[0]).toMatchObject([{ parentId: null }, { parentId: 1 }, { parentId: 2 }]);
    });

    test('what was deleted before a circle was made in its place returns when both are undone in turn', async () => {
      const { Hall } = at.models;
      await as('ana', () => Hall.bulkCreate([1, 2, 3].map((id) => ({ id, name: 'Ana’s' }))));
      const before = await rows();
      const bad = await run(async () => {
        for (const hall of await Hall.findAll()) await hall.destroy();
      });
      const worse = await run(makeCircle);
      await undo(at.sequelize, { filter: { run: worse } });
      expect(await rows()).toEqual([[], []]);
      await undo(at.sequelize, { filter: { run: bad } });
      expect(await rows()).toEqual(before);
    });

    test('a created record is kept when somebody pointed to it after the plan was made', async () => {
      const { Hall, Show } = at.models;
      const bad = await run(() => Hall.create({ name: 'New' }));
      const { id } = await planUndo(at.sequelize, { filter: { run: bad } }, person('una'));
      await as('ben', () => Show.create({ name: 'Ben’s', hallId: 1 }));
      await applyPlan(at.sequelize, id).catch(() => {});
      expect(await rows()).toMatchObject([[{ name: 'New' }], [{ name: 'Ben’s', hallId: 1 }]]);
      expect(await problems()).toBe(0);
    });

    test('a created record is kept when a table that nobody records points to it', async () => {
      const { Hall, Poster } = at.models;
      const bad = await run(() => Hall.create({ name: 'New' }));
      await Poster.create({ hallId: 1 });
      const { steps } = await undo(at.sequelize, { filter: { run: bad } });
      expect(reasons(steps)).toEqual(['referenced']);
      expect(await Poster.findOne()).toMatchObject({ hallId: 1 });
    });

    test('a created record is kept when a value that returns points to it', async () => {
      const { Hall, Show } = at.models;
      const show = await as('ana', () => Show.create({ name: 'Ana’s' }));
      const bad = await inRun(at.sequelize, 'bot', () =>
        Hall.bulkCreate([{ name: 'New' }, { name: 'Newer' }]),
      );
      await as('ben', () => show.update({ hallId: 1 }));
      const worse = await run(() => show.update({ hallId: 2 }));
      const { steps } = await undo(at.sequelize, { filter: { run: [bad, worse] } });
      expect(await rows()).toMatchObject([[{ name: 'New' }], [{ name: 'Ana’s', hallId: 1 }]]);
      expect(reasons(steps)).toEqual(['referenced']);
    });

    test('a created record is kept when a record that returns points to it', async () => {
      const { Hall, Show } = at.models;
      const show = await as('ana', () => Show.create({ name: 'Ana’s' }));
      const bad = await run(() => Hall.create({ name: 'New' }));
      await as('ben', () => show.update({ hallId: 1 }));
      const worse = await run(() => show.destroy());
      const { steps } = await undo(at.sequelize, { filter: { run: [bad, worse] } });
      expect(await rows()).toMatchObject([[{ name: 'New' }], [{ name: 'Ana’s', hallId: 1 }]]);
      expect(reasons(steps)).toEqual(['referenced']);
    });

    test('a created record that is kept gets the values back that it was made with', async () => {
      const { Hall, Show } = at.models;
      const bad = await run(async () => {
        const hall = await Hall.create({ name: 'As made' });
        await hall.update({ name: 'Denied' });
      });
      await as('ben', () => Show.create({ name: 'Ben’s', hallId: 1 }));
      const { plan } = await undo(at.sequelize, { filter: { run: bad } });
      expect(await rows()).toMatchObject([[{ name: 'As made' }], [{ hallId: 1 }]]);
      expect(plan.counts).toMatchObject({ restored: 1, removed: 0, skipped: 1 });
    });

    test('a created record is kept when a record that is kept will point to it again', async () => {
      const { Hall, Show } = at.models;
      const bad = await run(async () => {
        await Hall.create({ name: 'As made' });
        await Hall.create({ name: 'Small', parentId: 1 });
        await Hall.update({ name: 'Denied' }, { where: { id: 1 } });
        await Hall.update({ parentId: null }, { where: { id: 2 } });
      });
      await as('ben', () => Show.create({ name: 'Ben’s', hallId: 2 }));
      const { plan } = await undo(at.sequelize, { filter: { run: bad } });
      expect((await rows())[0]).toMatchObject([{ name: 'As made' }, { name: 'Small', parentId: 1 }]);
      expect(plan.counts).toMatchObject({ restored: 2, removed: 0, skipped: 2 });
    });

    test('a created record is kept for a created record that is kept', async () => {
      const { Hall, Show } = at.models;
      const bad = await run(async () => {
        await Hall.create({ name: 'House' });
        await Hall.create({ name: 'Small', parentId: 1 });
        await Show.create({ name: 'New', hallId: 2 });
      });
      await as('ben', () => Show.update({ name: 'Ben’s' }, { where: {} }));
      const { plan } = await undo(at.sequelize, { filter: { run: bad } });
      expect((await rows()).map(({ length }) => length)).toEqual([2, 1]);
      expect(plan.counts).toMatchObject({ removed: 0, skipped: 3 });
    });

    test('a deleted record returns although what replaced it had its unique value', async () => {
      const { Hall } = at.models;
      const hall = await as('ana', () => Hall.create({ name: 'Right', code: 'main' }));
      const before = await rows();
      const bad = await run(async () => {
        await hall.destroy();
        await Hall.create({ name: 'Replacement', code: 'main' });
      });
      const { plan } = await undo(at.sequelize, { filter: { run: bad } });
      expect(await rows()).toEqual(before);
      expect(plan.counts).toMatchObject({ recreated: 1, removed: 1, skipped: 0 });
    });

    test('unique values that were passed on return to where they were', async () => {
      const { Hall } = at.models;
      await as('ana', () => Hall.bulkCreate(['a', 'b', 'c'].map((code) => ({ code }))));
      const before = await rows();
      const bad = await run(async () => {
        for (const [id, code] of ['d', 'a', 'b'].entries())
          await Hall.update({ code }, { where: { id: id + 1 } });
      });
      const { plan } = await undo(at.sequelize, { filter: { run: bad } });
      expect(await rows()).toEqual(before);
      expect(plan.counts).toMatchObject({ restored: 3, skipped: 0 });
    });

    test('a value that points to a record that somebody else deleted is left alone, and the rest is done', async () => {
      const { Hall, Show } = at.models;
      const hall = await as('ana', () => Hall.create({ name: 'Right' }));
      const shows = await as('ana', () => Show.bulkCreate([{ name: 'A', hallId: 1 }, { name: 'B' }]));
      const bad = await run(async () => {
        for (const show of shows) await show.update({ name: 'Denied', hallId: null });
      });
      await as('ben', () => hall.destroy());
      const { steps } = await undo(at.sequelize, { filter: { run: bad } });
      expect(await rows()).toMatchObject([[], [{ name: 'Denied', hallId: null }, { name: 'B' }]]);
      expect(reasons(steps)).toEqual(['refused']);
    });

    if (onDelete !== 'NO ACTION') {
      test('what the database did to the records that pointed to a deleted one is taken back with it', async () => {
        const { Hall, Show } = at.models;
        await as('ana', async () => {
          await Hall.bulkCreate([{ name: 'House' }, { name: 'Small', parentId: 1 }]);
          await Show.bulkCreate([
            { name: 'A', hallId: 1 },
            { name: 'B', hallId: 2 },
          ]);
        });
        const before = await rows();
        const bad = await run(async () => void (await (await Hall.findByPk(1))?.destroy()));
        expect(await rows()).not.toEqual(before);
        const { plan } = await undo(at.sequelize, { filter: { run: bad } });
        expect(await rows()).toEqual(before);
        expect(plan.counts).toMatchObject({ skipped: 0 });
        expect(await problems()).toBe(0);
      });
    }
  },
);
