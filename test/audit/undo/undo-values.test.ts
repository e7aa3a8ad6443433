import { DataTypes, type Model, type ModelStatic, QueryTypes, type Sequelize } from 'sequelize';
import { describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';
import { inRun, person, undo } from './undo-runs.ts';

const instant = (text: string) => new Date(text);
const range = (lower: unknown, upper: unknown) => [
  { value: lower, inclusive: true },
  { value: upper, inclusive: false },
];

/** Per type of column: what was right, and what a run wrote over it. */
const values: Record<string, { type: DataTypes.DataType; right: unknown; wrong: unknown }> = {
  text: { type: DataTypes.TEXT, right: 'Zoë’s "Café" \\ $1', wrong: '' },
  whole: { type: DataTypes.INTEGER, right: -7, wrong: 0 },
  big: { type: DataTypes.BIGINT, right: '9007199254740993', wrong: '1' },
  price: { type: DataTypes.DECIMAL(12, 2), right: '12.50', wrong: '0.00' },
  size: { type: DataTypes.DOUBLE, right: 0.1, wrong: 2 },
  nan: { type: DataTypes.DOUBLE, right: Number.NaN, wrong: 1 },
  endless: { type: DataTypes.REAL, right: Number.NEGATIVE_INFINITY, wrong: 1 },
  open: { type: DataTypes.BOOLEAN, right: false, wrong: true },
  at: {
    type: DataTypes.DATE,
    right: instant('2026-03-29T00:59:59.999Z'),
    wrong: instant('1970-01-01T00:00:00Z'),
  },
  on: { type: DataTypes.DATEONLY, right: '2028-02-29', wrong: '1999-12-31' },
  time: { type: DataTypes.TIME, right: '23:59:59', wrong: '00:00:00' },
  object: { type: DataTypes.JSONB, right: { a: [1, null, { b: 'c' }], at: '2026-01-01' }, wrong: {} },
  list: { type: DataTypes.JSONB, right: ['x', 1, false], wrong: [] },
  word: { type: DataTypes.JSONB, right: 'only a word', wrong: 3 },
  words: { type: DataTypes.ARRAY(DataTypes.TEXT), right: ['a,b', '{c}', '"', ''], wrong: [] },
  bigs: { type: DataTypes.ARRAY(DataTypes.BIGINT), right: ['9007199254740993'], wrong: ['1'] },
  instants: {
    type: DataTypes.ARRAY(DataTypes.DATE),
    right: [instant('2026-05-01T10:00:00Z')],
    wrong: [instant('2027-05-01T10:00:00Z')],
  },
  bytes: { type: DataTypes.BLOB, right: Buffer.from([0, 255, 10, 92]), wrong: Buffer.from('x') },
  days: { type: DataTypes.RANGE(DataTypes.DATEONLY), right: range('2026-01-01', '2026-02-01'), wrong: [] },
  numbers: { type: DataTypes.RANGE(DataTypes.INTEGER), right: range(1, 5), wrong: range(2, 3) },
  moments: {
    type: DataTypes.RANGE(DataTypes.DATE),
    right: range(instant('2026-05-01T10:00:00Z'), null),
    wrong: range(null, instant('2026-05-01T10:00:00Z')),
  },
  uuid: {
    type: DataTypes.UUID,
    right: '6f1c0c9e-3b53-4c0e-9f5d-2f1f6a1b7c11',
    wrong: '00000000-0000-4000-8000-000000000000',
  },
  status: { type: DataTypes.ENUM('open', 'closed'), right: 'open', wrong: 'closed' },
};
const wrongValues = Object.fromEntries(Object.entries(values).map(([field, { wrong }]) => [field, wrong]));
const rightValues = Object.fromEntries(Object.entries(values).map(([field, { right }]) => [field, right]));

function defineSamples(sequelize: Sequelize): ModelStatic<Model> {
  const columns = Object.entries(values).map(([field, { type }]) => [field, { type }] as const);
  const Sample = sequelize.define('Sample', Object.fromEntries(columns));
  auditlog.register(Sample);
  return Sample;
}

describe.each(auditModes)('what an undo writes back, %s', (mode) => {
  const at = useAuditedModels(mode, defineSamples);
  const as = <Result>(name: string, fn: () => Promise<Result>) => withUserActor(person(name), fn);
  /** As the database has it, so that nothing is lost on the way to JavaScript. */
  const stored = async () => {
    const columns = Object.keys(values).map((field) => `"${field}"::text AS "${field}"`);
    return await at.sequelize.query(`SELECT id, ${columns} FROM samples ORDER BY id`, {
      type: QueryTypes.SELECT,
    });
  };

  test('is what the column held, whatever its type', async () => {
    const sample = await as('ana', () => at.models.create(rightValues));
    const before = await stored();
    const bad = await inRun(at.sequelize, 'bot', () => sample.update(wrongValues));
    expect(await stored()).not.toEqual(before);
    const { plan } = await undo(at.sequelize, { filter: { run: bad } });
    expect(await stored()).toEqual(before);
    expect(plan.counts).toMatchObject({ fields: Object.keys(values).length, skipped: 0, already: 0 });
  });

  test('is what the deleted row held, whatever the types', async () => {
    const sample = await as('ana', () => at.models.create(rightValues));
    const before = await stored();
    const bad = await inRun(at.sequelize, 'bot', () => sample.destroy());
    const { plan } = await undo(at.sequelize, { filter: { run: bad } });
    expect(await stored()).toEqual(before);
    expect(plan.counts).toMatchObject({ recreated: 1, skipped: 0 });
  });

  test('is nothing where nothing was, whatever the types', async () => {
    const sample = await as('ana', () => at.models.create({}));
    const before = await stored();
    const bad = await inRun(at.sequelize, 'bot', () => sample.update(rightValues));
    const { runId } = await undo(at.sequelize, { filter: { run: bad } });
    expect(await stored()).toEqual(before);
    await undo(at.sequelize, { filter: { run: runId } });
    expect((await at.models.findOne())?.get('at')).toEqual(rightValues.at);
  });

  test('does not touch what other records have in a field that is restored beside them', async () => {
    const { models: Sample, sequelize } = at;
    const [first, second] = await as('ana', () =>
      Sample.bulkCreate([{ on: '2026-01-01' }, { text: 'Right' }]),
    );
    // Finer than JavaScript tells, and a JSON null, which it does not tell from none.
    await as('ana', () =>
      sequelize.query(`UPDATE samples SET at = '2026-01-01T00:00:00.123456Z', word = 'null' WHERE id = 2`),
    );
    const before = await stored();
    const bad = await inRun(sequelize, 'bot', async () => {
      await first?.update({ at: new Date(0), word: 'Wrong' });
      await second?.update({ text: 'Wrong' });
    });
    await undo(sequelize, { filter: { run: bad } });
    expect(await stored()).toEqual(before);
  });
});
