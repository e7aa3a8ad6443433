import { Op } from 'sequelize';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { resolveAutomatedActor } from '../../../src/audit/actors.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { parseArguments } from '../../../src/cli/arguments.ts';
import { managementCommands } from '../../../src/cli/manage/built-in.ts';
import type { CommandContext } from '../../../src/cli/manage/define-management-command.ts';
import type { PlannedEntry } from '../../../src/cli/manage/runner.ts';
import { type CommandOutcome, runManagementCommand } from '../../../src/cli/manage/runner.ts';
import { lockWork } from '../../../src/database/work-lock.ts';
import { bindModels } from '../../../src/models.ts';
import { Event } from '../../../src/records/event.ts';
import type { BatchCounts, BatchedResult } from '../../../src/records/operations/batches.ts';
import { Place } from '../../../src/records/place.ts';
import { User } from '../../../src/records/user.ts';
import { Run } from '../../../src/runs/run.ts';
import { applyUndoPlan, planUndoOf } from '../../../src/runs/undo.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';

const database = await createTestDatabase();
const { sequelize } = database;
beforeAll(() => bindModels(database));
afterAll(() => database.close());
beforeEach(() => emptyTables(sequelize, 'places', 'events', 'runs', 'undo_plans', 'undone_entries'));

interface Options {
  onBatch?: (counts: BatchCounts) => void;
  signal?: AbortSignal;
  onEntries?: (entries: readonly PlannedEntry[]) => Promise<void>;
}

async function run(
  name: string,
  args: readonly string[] = [],
  options: Options = {},
): Promise<CommandOutcome> {
  const command = managementCommands.get(name);
  if (command === undefined) throw new Error(`There is no command ${name}.`);
  const work = await command.prepare(parseArguments(name, command.options, 0, args));
  return await runAs(name, work, options);
}

async function runAs(
  name: string,
  work: (context: CommandContext) => Promise<BatchedResult>,
  { onBatch = () => undefined, signal = new AbortController().signal, onEntries }: Options = {},
): Promise<CommandOutcome> {
  const by = await resolveAutomatedActor('system');
  return await runManagementCommand(sequelize, work, {
    name,
    options: {},
    by,
    signal,
    onBatch,
    onEntries,
  });
}

async function dryRun(name: string, args: readonly string[] = []) {
  const entries: PlannedEntry[] = [];
  const outcome = await run(name, args, { onEntries: async (more) => void entries.push(...more) });
  return { outcome, entries };
}

/** What must be the same before and after a dry run. */
const everything = async () => ({
  places: (await Place.findAll({ order: ['id'] })).map((place) => place.get()),
  runs: await Run.count(),
  entries: await LogEntry.count(),
});

const springfield = { addressLocality: 'Springfield', latitude: 39.8, longitude: -89.64 };
const createPlaces = (count: number) =>
  asAna(() =>
    Place.bulkCreate(Array.from({ length: count }, (_, n) => ({ name: `Place ${n}`, ...springfield }))),
  );
const inSpringfield = ['--city=Springfield'];

describe('a management command', () => {
  test('is a run by the system, whose entries share a correlation id and which sums up what it changed', async () => {
    await createPlaces(3);
    const outcome = await run('set-timezone', inSpringfield);
    expect(outcome).toMatchObject({
      state: 'finished',
      counts: { examined: 3, changed: 3 },
      fields: [{ model: 'Place', field: 'timeZone', changes: 3 }],
    });
    const stored = await Run.findByPk(outcome.runId ?? '', { rejectOnEmpty: true });
    expect(stored).toMatchObject({
      kind: 'command',
      state: 'finished',
      actorEmail: 'system@vibemap.com',
      flags: [],
      created: 0,
      updated: 3,
      deleted: 0,
      changes: 3,
      details: { command: 'set-timezone' },
      fields: [{ field: 'timeZone', changes: 3, commonestNewValue: 'America/Chicago', commonestCount: 3 }],
    });
    const entries = await LogEntry.findAll({ where: { runId: stored.id } });
    expect(entries.map(({ actorEmail }) => actorEmail)).toEqual(Array(3).fill('system@vibemap.com'));
    expect(new Set(entries.map(({ correlationId }) => correlationId)).size).toBe(1);
    expect(entries[0]?.correlationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('is undone like any run, and does not do the same again after that', async () => {
    await createPlaces(3);
    const ben = await asAna(() =>
      User.create({ email: 'ben@example.org', username: 'ben', role: 'admin', passwordHash: null }),
    );
    const { runId } = await run('set-timezone', inSpringfield);
    const plan = await planUndoOf(sequelize, { filter: { run: runId ?? '' } }, ben);
    const applied = await applyUndoPlan(sequelize, plan.id, { by: ben, reason: 'Wrong city' });
    expect(applied.run).toMatchObject({ kind: 'undo', revertsRunId: runId, updated: 3 });
    expect(await Place.count({ where: { timeZone: null } })).toBe(3);
    expect((await run('set-timezone', inSpringfield)).counts).toMatchObject({ changed: 0, undoneBefore: 3 });
  });

  test('that is stopped keeps what was done, and a later one does the rest', async () => {
    await createPlaces(700);
    const stop = new AbortController();
    const onBatch = () => stop.abort();
    const first = await run('set-timezone', inSpringfield, { signal: stop.signal, onBatch });
    expect(first).toMatchObject({ state: 'stopped', counts: { examined: 500, changed: 500 } });
    expect(await Run.findByPk(first.runId ?? '')).toMatchObject({ state: 'stopped', updated: 500 });
    const second = await run('set-timezone', inSpringfield);
    expect(second.counts).toMatchObject({ examined: 700, changed: 200 });
    expect(await Run.findByPk(second.runId ?? '')).toMatchObject({ state: 'finished', updated: 200 });
  });

  test('that fails is a failed run, with the batches that it had done', async () => {
    await createPlaces(2);
    const work = async ({ transact }: CommandContext) => {
      await transact((transaction) => Place.update({ isClosed: true }, { where: { id: '1' }, transaction }));
      throw new Error('The disk is full.');
    };
    await expect(runAs('broken', work)).rejects.toThrow('The disk is full.');
    expect(await Run.findOne()).toMatchObject({ state: 'failed', error: 'The disk is full.', updated: 1 });
  });

  test('ends the run of one that was killed, and is refused while another process runs it', async () => {
    const requestKey = 'command:users ensure';
    const left = await Run.create({
      kind: 'command',
      actorId: null,
      actorEmail: 'system@vibemap.com',
      requestKey,
      details: { command: 'users ensure' },
    });
    {
      await using other = await lockWork(sequelize, requestKey);
      expect(other).not.toBeNull();
      await expect(run('users ensure')).rejects.toMatchObject({ code: 'COMMAND_ALREADY_RUNNING' });
    }
    await run('users ensure');
    await left.reload();
    expect(left).toMatchObject({ state: 'stopped', error: 'The process that ran it was killed.' });
  });
});

describe('a command that forgets its context', () => {
  const forgetful = async () => {
    await Place.update({ isClosed: true }, { where: { id: '1' } });
    return { state: 'finished', counts: {} } as const;
  };

  test.each([
    ['for real', {}],
    ['in a dry run', { onEntries: async () => undefined }],
  ])('cannot write, %s', async (_, options) => {
    await createPlaces(1);
    await expect(runAs('forgetful', forgetful, options)).rejects.toMatchObject({ code: 'AUDIT_NO_ACTOR' });
    expect(await Place.count({ where: { isClosed: true } })).toBe(0);
  });

  test('and writes beside the transaction of its batch, is found out by the dry run', async () => {
    await createPlaces(1);
    const work = ({ transact }: CommandContext) => transact(forgetful);
    await expect(runAs('forgetful', work, { onEntries: async () => undefined })).rejects.toThrow(
      /^The dry run of forgetful has written 1 changes: .* npm run undo -- --correlation-id=[0-9a-f-]{36}$/,
    );
  });
});

describe('a dry run', () => {
  test('gives the entries that would have been written, batch by batch, and leaves nothing behind', async () => {
    await createPlaces(700);
    const before = await everything();
    const { outcome, entries } = await dryRun('set-timezone', inSpringfield);
    expect(outcome).toEqual({
      state: 'finished',
      runId: null,
      fields: [{ model: 'Place', field: 'timeZone', changes: 700 }],
      counts: { examined: 700, changed: 700, unknown: 0, leftToPeople: 0, undoneBefore: 0 },
    });
    expect(entries).toHaveLength(700);
    expect(entries[699]).toEqual({
      action: 'update',
      model: 'Place',
      objectId: '700',
      objectLabel: 'Place 699',
      extra: null,
      actorEmail: 'system@vibemap.com',
      changes: { timeZone: [null, 'America/Chicago'] },
    });
    expect(await everything()).toEqual(before);
  });

  const samples: Readonly<Record<string, readonly string[]>> = {
    'set-timezone': inSpringfield,
    'merge-places': ['--into=1', '--duplicates=2,3'],
  };

  test.each([...managementCommands.keys()])(
    'of %s writes nothing, and a real run writes what it announced',
    async (name) => {
      const zoo = { name: 'Zoo', streetAddress: '1 Main Street', ...springfield };
      await asAna(async () => {
        await Place.bulkCreate([{ ...zoo, telephone: '(217) 555-2671', needsRatingUpdate: true }, zoo, zoo]);
        await Event.create({ name: 'Feeding', placeId: '2', startDate: new Date(0), timeZone: 'UTC' });
        // So that no field but the time zone and the telephone, which nobody has touched, is a person's.
        await User.update({ isActive: true }, { where: { username: 'system' } });
      });
      const before = await everything();
      const { outcome, entries } = await dryRun(name, samples[name]);
      expect(await everything()).toEqual(before);
      expect(entries.length).toBeGreaterThan(0);
      const real = await run(name, samples[name]);
      const written = await LogEntry.findAll({ where: { runId: real.runId ?? '' }, order: ['id'] });
      expect(written.map(({ changes }) => changes)).toEqual(entries.map(({ changes }) => changes));
      expect(written.map(({ objectId }) => objectId)).toEqual(entries.map(({ objectId }) => objectId));
      expect(real.counts).toEqual(outcome.counts);
      expect(real.fields.toSorted(byName)).toEqual(outcome.fields.toSorted(byName));
      expect(await LogEntry.count({ where: { runId: { [Op.ne]: real.runId } } })).toBe(0);
    },
  );
});

const byName = (a: { field: string }, b: { field: string }) => (a.field < b.field ? -1 : 1);
