import { DataTypes, type Model, type ModelStatic, Op, type Sequelize } from 'sequelize';
import { describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';
import { inRun, person, undo } from './undo-runs.ts';

function defineKinds(sequelize: Sequelize) {
  const { TEXT, INTEGER, DATE } = DataTypes;
  const kinds = {
    /** Its key is two columns. */
    Seat: sequelize.define('Seat', {
      hall: { type: TEXT, primaryKey: true },
      number: { type: INTEGER, primaryKey: true },
      guest: TEXT,
    }),
    /** Its key is a text that people write. */
    Word: sequelize.define('Word', { text: { type: TEXT, primaryKey: true }, meaning: TEXT }),
    /** Its key is an instant. */
    Reading: sequelize.define('Reading', { at: { type: DATE, primaryKey: true }, degrees: INTEGER }),
    /** Has a key, and nothing else that is recorded. */
    Mark: sequelize.define('Mark', { id: { type: TEXT, primaryKey: true } }, { timestamps: false }),
    /** Deleting it sets a time. */
    Draft: sequelize.define('Draft', { text: TEXT }, { paranoid: true }),
    /** Asks much of its values, reads only some of its rows, and calls its columns otherwise. */
    Strict: sequelize.define(
      'Strict',
      { name: { type: TEXT, field: 'full_name', validate: { len: [3, 100] } }, size: INTEGER },
      { defaultScope: { where: { size: { [Op.lt]: 10 } } } },
    ),
    /** Has a value that the log must not know. */
    Account: sequelize.define('Account', { name: TEXT, secret: TEXT, visits: INTEGER }),
  };
  const { Account, ...others } = kinds;
  auditlog.register(Object.values(others));
  auditlog.register(Account, { exclude: ['visits'] });
  return kinds;
}

describe.each(auditModes)('undo, %s,', (mode) => {
  const at = useAuditedModels(mode, defineKinds);
  const as = <Result>(name: string, fn: () => Promise<Result>) => withUserActor(person(name), fn);
  const run = (fn: () => Promise<unknown>) => inRun(at.sequelize, 'bot', fn);
  const rows = async (model: ModelStatic<Model>) => {
    const found = await model.unscoped().findAll({ paranoid: false, order: [...model.primaryKeyAttributes] });
    return found.map((row) => {
      const { createdAt: _, updatedAt: __, ...values } = JSON.parse(JSON.stringify(row));
      return values;
    });
  };

  test.each([
    [
      'Seat',
      [
        { hall: 'a/b %', number: 1 },
        { hall: 'a', number: 1 },
      ],
      'guest',
      ['Ana', 'Denied'],
    ],
    ['Word', [{ text: 'café/"☕" %2F' }, { text: '' }], 'meaning', ['a place', 'Denied']],
    ['Reading', [{ at: new Date('2026-05-01T10:00:00.001Z') }, { at: new Date(0) }], 'degrees', [1, 2]],
  ] as const)(
    'finds the records of %s by whatever their key is',
    async (name, [one, two], field, [good, bad]) => {
      const Model: ModelStatic<Model> = at.models[name];
      await as('ana', () =>
        Model.bulkCreate([
          { ...one, [field]: good },
          { ...two, [field]: good },
        ]),
      );
      const before = await rows(Model);
      const runId = await run(async () => {
        const [first, second] = await Model.findAll({ order: [...Model.primaryKeyAttributes] });
        await first?.update({ [field]: bad });
        await second?.destroy();
      });
      const { plan } = await undo(at.sequelize, { filter: { run: runId } });
      expect(plan.counts).toMatchObject({ restored: 1, recreated: 1, skipped: 0 });
      expect(await rows(Model)).toEqual(before);
      const { plan: again } = await undo(at.sequelize, { filter: { run: plan.runId ?? '' } });
      expect(again.counts).toMatchObject({ restored: 1, removed: 1, skipped: 0 });
    },
  );

  test('removes and returns a record of which nothing but its key is recorded', async () => {
    const { Mark } = at.models;
    const made = await run(() => Mark.create({ id: 'x' }));
    const { plan, runId } = await undo(at.sequelize, { filter: { run: made } });
    expect(await Mark.count()).toBe(0);
    expect(plan.counts).toMatchObject({ removed: 1 });
    await undo(at.sequelize, { filter: { run: runId } });
    expect(await rows(Mark)).toEqual([{ id: 'x' }]);
  });

  test('removes a record that was made with nothing in it', async () => {
    const { Draft } = at.models;
    const made = await run(() => Draft.create({}));
    const { plan } = await undo(at.sequelize, { filter: { run: made } });
    expect(plan.counts).toMatchObject({ removed: 1 });
    expect(await Draft.count({ paranoid: false })).toBe(0);
  });

  test('takes the deletion of a paranoid record back as the change of deletedAt that it is', async () => {
    const { Draft } = at.models;
    const draft = await as('ana', () => Draft.create({ text: 'Right' }));
    const bad = await run(async () => {
      await draft.update({ text: 'Wrong' });
      await draft.destroy();
    });
    expect(await Draft.count()).toBe(0);
    const { plan, runId } = await undo(at.sequelize, { filter: { run: bad } });
    expect(await rows(Draft)).toEqual([{ id: 1, text: 'Right', deletedAt: null }]);
    expect(plan.counts).toMatchObject({ restored: 1, fields: 2, skipped: 0 });
    await undo(at.sequelize, { filter: { run: runId } });
    expect(await Draft.count()).toBe(0);
  });

  test('edits a paranoid record that somebody deleted since, without bringing it back', async () => {
    const { Draft } = at.models;
    const draft = await as('ana', () => Draft.create({ text: 'Right' }));
    const bad = await run(() => draft.update({ text: 'Wrong' }));
    await as('ben', () => draft.destroy());
    await undo(at.sequelize, { filter: { run: bad } });
    expect(await rows(Draft)).toMatchObject([{ text: 'Right', deletedAt: expect.any(String) }]);
  });

  test('gives back what the model would refuse today, in rows that its default scope leaves out', async () => {
    const { Strict } = at.models;
    const strict = await as('ana', () => Strict.create({ name: 'ab', size: 50 }, { validate: false }));
    const gone = await as('ana', () => Strict.create({ name: 'c', size: 51 }, { validate: false }));
    const before = await rows(Strict);
    const bad = await run(async () => {
      await strict.update({ name: 'Denied' });
      await gone.destroy();
      await Strict.create({ name: 'unwanted', size: 52 });
    });
    const { plan } = await undo(at.sequelize, { filter: { run: bad } });
    expect(await rows(Strict)).toEqual(before);
    expect(plan.counts).toMatchObject({ restored: 1, recreated: 1, removed: 1, skipped: 0 });
  });

  test('says of masked values that it cannot return them, and never shows them', async () => {
    const { Account } = at.models;
    const account = await as('ana', () => Account.create({ name: 'Right', secret: 'hush-1', visits: 3 }));
    const gone = await as('ana', () => Account.create({ name: 'Gone', secret: 'hush-2' }));
    const bad = await run(async () => {
      await account.update({ name: 'Wrong', secret: 'hush-3' });
      await gone.destroy();
    });
    const { plan, steps } = await undo(at.sequelize, { filter: { run: bad } });
    expect(await rows(Account)).toMatchObject([
      { name: 'Right', secret: 'hush-3', visits: 3 },
      { name: 'Gone', secret: null },
    ]);
    expect(steps.flatMap(({ conflicts }) => conflicts.map(({ field, reason }) => [field, reason]))).toEqual([
      ['secret', 'masked'],
      ['secret', 'masked'],
    ]);
    expect(plan.counts).toMatchObject({ restored: 1, recreated: 1, skipped: 2 });
    expect(JSON.stringify([plan, steps, await LogEntry.findAll()])).not.toContain('hush');
  });

  test('removes a record with a masked value and a counter that the log does not keep', async () => {
    const { Account } = at.models;
    const made = await run(() => Account.create({ name: 'New', secret: 'hush', visits: 1 }));
    await as('ana', async () => void (await (await Account.findOne())?.update({ visits: 2 })));
    await undo(at.sequelize, { filter: { run: made } });
    expect(await Account.count()).toBe(0);
  });

  test('leaves alone what was changed outside the audit log, and says so', async () => {
    const { Account } = at.models;
    const account = await as('ana', () => Account.create({ name: 'Right' }));
    const bad = await run(() => account.update({ name: 'Wrong' }));
    const made = await run(() => Account.create({ name: 'Made' }));
    await at.sequelize.transaction(async (transaction) => {
      await at.sequelize.query('SET LOCAL session_replication_role = replica', { transaction });
      const past = "UPDATE accounts SET name = name || ' and more'";
      await withUserActor(person('ben'), () => at.sequelize.query(past, { transaction }));
    });
    const { steps } = await undo(at.sequelize, { filter: { run: [bad, made] } });
    expect((await rows(Account)).map(({ name }) => name)).toEqual(['Wrong and more', 'Made and more']);
    expect(steps.map(({ conflicts }) => conflicts.map(({ reason }) => reason))).toEqual([
      ['unrecorded'],
      ['unrecorded'],
    ]);
  });

  test('keeps the markup and the line breaks of scraped values as they were', async () => {
    const { Account } = at.models;
    const hostile = `<script>alert(1)</script>\u001b[31m\r\n=cmd|' /C calc'!A0 ${'x'.repeat(200_000)}`;
    const account = await as('ana', () => Account.create({ name: hostile }));
    const bad = await run(() => account.update({ name: 'Wrong' }));
    await undo(at.sequelize, { filter: { run: bad } });
    expect((await rows(Account))[0]?.name).toBe(hostile);
  });
});
