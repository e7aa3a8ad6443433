import { randomUUID } from 'node:crypto';
import type { Sequelize, Transaction } from 'sequelize';
import { type Actor, type ContextDetails, LogEntry, logActions, withUserActor } from '../../audit/index.ts';
import type { LogEntryRow } from '../../audit/read/index.ts';
import { inDryRun } from '../../database/dry-run.ts';
import { retryTransaction } from '../../database/retry-transaction.ts';
import { HotspotsError } from '../../errors.ts';
import type { BatchCounts, BatchedResult, Transact } from '../../records/operations/index.ts';
import { HeldRun } from '../../runs/index.ts';
import type { CommandContext } from './define-management-command.ts';

/** A log entry that a dry run has taken back. */
export type PlannedEntry = Pick<
  LogEntryRow,
  'action' | 'model' | 'objectId' | 'objectLabel' | 'actorEmail' | 'changes' | 'extra'
>;

async function entriesOf(correlationId: string, transaction: Transaction): Promise<PlannedEntry[]> {
  const entries = await LogEntry.findAll({ where: { correlationId }, order: [['id', 'ASC']], transaction });
  return entries.map(({ action, model, objectId, objectLabel, actorEmail, changes, extra }) => ({
    action: logActions[action] ?? 'access',
    model,
    objectId,
    objectLabel,
    actorEmail,
    changes,
    extra,
  }));
}

/**
 * Checks that a dry run has left nothing behind.
 *
 * @throws Error when the command has written outside the transactions it was given
 */
export async function checkNothingWritten(command: string, correlationId: string): Promise<void> {
  const written = await LogEntry.count({ where: { correlationId } });
  if (written === 0) return;
  throw new Error(
    `The dry run of ${command} has written ${written} changes: it writes without the transaction of its batch. ` +
      `Take them back: npm run undo -- --correlation-id=${correlationId}`,
  );
}

/** A command whose options were read. */
type Work = (context: CommandContext) => Promise<BatchedResult>;

type OnEntries = (entries: readonly PlannedEntry[]) => Promise<void>;

export interface CommandOptions {
  name: string;
  /** As they were given, to be kept with the run. */
  options: Readonly<Record<string, unknown>>;
  /** As whom it writes. */
  by: Actor;
  signal: AbortSignal;
  onBatch: (counts: BatchCounts) => void;
  /** Makes it a dry run: nothing stays, and the log entries that would have been written are given here. */
  onEntries?: OnEntries | undefined;
}

/** How often a field was, or would be, changed. */
export interface ChangedField {
  model: string;
  field: string;
  changes: number;
}

export interface CommandOutcome extends BatchedResult {
  /** Null for a dry run, which has none. */
  runId: string | null;
  fields: ChangedField[];
}

/**
 * Carries a management command out: as a run of its own, which can be reviewed and undone, every batch in a
 * transaction and in the context of its author. A run that fails keeps the batches that were done.
 *
 * @throws HotspotsError COMMAND_ALREADY_RUNNING, and what the command throws
 */
export async function runManagementCommand(
  sequelize: Sequelize,
  work: Work,
  { onEntries, ...options }: CommandOptions,
): Promise<CommandOutcome> {
  return onEntries === undefined
    ? await carryOut(sequelize, work, options)
    : await rehearse(sequelize, work, { ...options, onEntries });
}

async function carryOut(
  sequelize: Sequelize,
  work: Work,
  { name, options, by, signal, onBatch }: CommandOptions,
): Promise<CommandOutcome> {
  await using run = await HeldRun.begin(sequelize, {
    kind: 'command',
    requestKey: `command:${name}`,
    by,
    details: { command: name, options },
    busy: () =>
      new HotspotsError(
        'COMMAND_ALREADY_RUNNING',
        `Another process is running the command ${name}. Only one at a time may: wait until it ends, or stop it.`,
      ),
  });
  const details: ContextDetails = { runId: run.id, correlationId: randomUUID() };
  const transact: Transact = (batch) =>
    retryTransaction(sequelize, (transaction) => withUserActor(by, () => batch(transaction), details));
  try {
    const result = await work({ sequelize, signal, onBatch, transact });
    const { fields } = await run.end(result.state);
    return {
      ...result,
      runId: run.id,
      fields: fields.map(({ model, field, changes }) => ({ model, field, changes })),
    };
  } catch (error) {
    await run.end('failed', error instanceof Error ? error.message : String(error));
    throw error;
  }
}

async function rehearse(
  sequelize: Sequelize,
  work: Work,
  { name, by, signal, onBatch, onEntries }: CommandOptions & { onEntries: OnEntries },
): Promise<CommandOutcome> {
  const correlationId = randomUUID();
  const fields = new Map<string, ChangedField>();
  const transact: Transact = async (batch) => {
    const { result, entries } = await retryTransaction(sequelize, (outer) =>
      inDryRun(sequelize, outer, async (transaction) => ({
        result: await withUserActor(by, () => batch(transaction), { correlationId }),
        entries: await entriesOf(correlationId, transaction),
      })),
    );
    for (const { model, changes } of entries)
      for (const field of Object.keys(changes)) add(fields, model, field);
    await onEntries(entries);
    return result;
  };
  const result = await work({ sequelize, signal, onBatch, transact });
  await checkNothingWritten(name, correlationId);
  return { ...result, runId: null, fields: [...fields.values()] };
}

function add(fields: Map<string, ChangedField>, model: string, field: string): void {
  const key = `${model}.${field}`;
  const known = fields.get(key) ?? { model, field, changes: 0 };
  fields.set(key, { ...known, changes: known.changes + 1 });
}
