import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyLog } from '../../src/audit/proof/verify-log.ts';
import { auditlog } from '../../src/audit/record/auditlog.ts';
import { readUndoSteps } from '../../src/audit/undo/plan-store.ts';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { Run } from '../../src/runs/run.ts';
import { findPause, resumeSource } from '../../src/runs/source-pauses.ts';
import { applyUndoPlan, planEffects, planUndoOf } from '../../src/runs/undo.ts';
import { Hold, Suggestion } from '../../src/write-policy/models.ts';
import { type BadRun, makeBadRun } from '../helpers/bad-run.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase({ poolSize: 1 });
const { sequelize } = database;
afterAll(() => database.close());

describe('a crawl that wrote "Access denied" into 1,988 of 2,001 names, some of which people edited since', () => {
  let town: BadRun;
  beforeAll(async () => {
    await bindModels(database);
    town = await makeBadRun(database);
  }, 60_000);
  afterAll(() => town[Symbol.asyncDispose]());

  const names = async () =>
    new Map((await Place.findAll({ attributes: ['id', 'name'] })).map(({ id, name }) => [id, name]));
  const findings = async () => {
    const problems: unknown[] = [];
    await verifyLog(sequelize, auditlog.registrations(), { onProblem: (problem) => problems.push(problem) });
    return problems;
  };

  test('is flagged with the two numbers', async () => {
    const run = await Run.findByPk(town.bad.runId, { rejectOnEmpty: true });
    expect(run.flags.map(({ sentence }) => sentence).join('\n')).toMatch(/Place\.name.* 1,988 of .*usually/);
    expect(run.fields).toMatchObject([
      {
        model: 'Place',
        field: 'name',
        changes: 1988,
        commonestNewValue: 'Access denied',
        commonestCount: 1988,
      },
    ]);
  });

  test('is undone: names return, later edits stay and are named, the source is paused', async () => {
    const before = await names();
    const selection = { filter: { run: town.bad.runId } };
    const plan = await planUndoOf(sequelize, selection, town.people.ben);
    expect(plan.counts).toMatchObject({
      restored: 1983,
      fields: 1983,
      recreated: 0,
      removed: 0,
      already: 0,
      skipped: 5,
      conflictsByActor: { 'ana@example.org': 3, 'cleo@example.org': 2 },
    });
    expect(await planEffects(sequelize, plan)).toEqual({ paused: 'town-places', held: 1983 });
    expect(await names()).toEqual(before);

    const options = { by: town.people.ben, reason: 'A block page was read as data.' };
    const { run, paused, held } = await applyUndoPlan(sequelize, plan.id, options);
    expect(await names()).toEqual(town.expectedNames);
    expect(run).toMatchObject({
      kind: 'undo',
      state: 'finished',
      actorEmail: 'ben@example.org',
      revertsRunId: town.bad.runId,
      updated: 1983,
      changes: 1983,
      reason: 'A block page was read as data.',
    });
    expect({ paused, held }).toEqual({ paused: 'town-places', held: 1983 });
    expect((await findPause(sequelize, 'town-places'))?.pausedByEmail).toBe('ben@example.org');
    expect(await Run.findByPk(town.bad.runId)).toMatchObject({ undone: 1983, verdict: 'bad' });
    const conflicts = await readUndoSteps(sequelize, plan.id, { limit: 100, only: 'conflicts' });
    expect(new Map(conflicts.map((step) => [step.objectId, step.conflicts[0]?.actorEmail]))).toEqual(
      town.keptNames,
    );
    const phones = await Place.findAll({ where: { id: [...town.telephones.keys()] } });
    expect(new Map(phones.map(({ id, telephone }) => [id, telephone]))).toEqual(town.telephones);
    expect(await findings()).toEqual([]);
  });

  test('is not written again by the next crawl, whose other news are', async () => {
    await resumeSource(sequelize, 'town-places');
    const again = await town.crawlAgain();
    expect(again).toMatchObject({ updated: 2001, held: 1983, suggested: 4 });
    expect(await names()).toEqual(town.expectedNames);
    expect(await Place.count({ where: { description: 'Open to all. Edition 2.' } })).toBe(2001);
    const suggested = await Suggestion.findAll({ where: { state: 'open' } });
    expect(suggested.map(({ field, value }) => [field, value])).toEqual(
      Array.from({ length: 4 }, () => ['name', 'Access denied']),
    );
    expect(await findings()).toEqual([]);
  });

  test('is back exactly as it was when the undo is undone', async () => {
    const [undo] = await Run.findAll({ where: { kind: 'undo' } });
    const plan = await planUndoOf(sequelize, { filter: { run: undo?.id } }, town.people.cleo);
    const options = { by: town.people.cleo, reason: 'It was right after all.' };
    const { run, paused } = await applyUndoPlan(sequelize, plan.id, options);
    expect(paused).toBeNull();
    expect(run.revertsRunId).toBe(undo?.id);
    const kept = [...town.keptNames.keys()];
    const denied = [...(await names())].filter(([id]) => !kept.includes(id));
    expect(denied.filter(([, name]) => name === 'Access denied')).toHaveLength(1983);
    expect(await Hold.count({ where: { releasedAt: null } })).toBe(0);
    expect(await Run.findByPk(town.bad.runId)).toMatchObject({ undone: 0 });
    const written = await sequelize.query('SELECT count(*)::int AS n FROM log_entries WHERE run_id = $1', {
      bind: [run.id],
      type: QueryTypes.SELECT,
    });
    expect(written).toEqual([{ n: 1983 }]);
    expect(await findings()).toEqual([]);
  });
});
