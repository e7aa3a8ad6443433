import { Op, QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { Actor, JsonValue } from '../audit/index.ts';
import { type FieldSummary, summariseRun } from '../audit/read/index.ts';
import { onlyRow } from '../database/only-row.ts';
import { lockWork, type WorkLock } from '../database/work-lock.ts';
import type { HotspotsError } from '../errors.ts';
import { abbreviate } from '../text.ts';
import { collectFacts, storeFacts, usualFacts } from './flags/facts.ts';
import { raiseFlags } from './flags/raise.ts';
import { Run, type RunCounters, type RunKind, type RunState, runCounters } from './run.ts';
import { queueWebhooks } from './webhooks.ts';

/**
 * Stores with a run that has ended what it is judged by: how many changes, field by field the commonest new value,
 * and flags. Tells the webhooks. In the transaction that ends the run.
 */
export async function closeRun(sequelize: Sequelize, runId: string, transaction: Transaction): Promise<Run> {
  const run = await Run.findByPk(runId, { transaction, rejectOnEmpty: true });
  // Nothing of a dry run stays, so there is nothing to judge.
  if (run.details.dryRun === true) return run;
  const [counts] = await sequelize.query<{ changes: number; deleted: number }>(
    `SELECT count(*)::int AS changes, count(*) FILTER (WHERE action = 2)::int AS deleted
     FROM log_entries WHERE run_id = $1 AND action <> 3`,
    { bind: [runId], type: QueryTypes.SELECT, transaction },
  );
  const { fields } = await summariseRun(sequelize, runId, transaction);
  const facts = await collectFacts(sequelize, run, transaction);
  await run.update({ ...counts, fields: fields.map(shortened) }, { transaction });
  await storeFacts(run, facts, transaction);
  const flags = raiseFlags(run, { facts, usual: await usualFacts(run, transaction) });
  await run.update({ flags }, { transaction });
  if (run.kind === 'crawl') await queueWebhooks(sequelize, 'run.finished', run, transaction);
  if (flags.length > 0) await queueWebhooks(sequelize, 'run.flagged', run, transaction);
  return run;
}

const longestText = 200;

/** The row is read for every list of runs: what it holds is for recognising, the log has it in full. */
function shortened(field: FieldSummary): FieldSummary {
  return {
    ...field,
    commonestNewValue: cut(field.commonestNewValue),
    samples: field.samples.map((sample) => ({ ...sample, old: cut(sample.old), new: cut(sample.new) })),
  };
}

function cut(value: JsonValue): JsonValue {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= longestText ? value : abbreviate(text, longestText);
}

/**
 * Adds to the counters of a run, in the transaction of what is counted. From then on the row is locked: others that
 * count for the same run wait until this transaction ends.
 *
 * @returns all counters after that
 */
export async function addCounters(
  sequelize: Sequelize,
  runId: string,
  added: Partial<RunCounters>,
  transaction: Transaction,
): Promise<RunCounters> {
  const sums = runCounters.map((name, index) => `${name} = ${name} + $${index + 2}`);
  const rows = await sequelize.query<RunCounters>(
    `UPDATE runs SET ${sums.join(', ')} WHERE id = $1 RETURNING ${runCounters.join(', ')}`,
    { bind: [runId, ...runCounters.map((name) => added[name] ?? 0)], type: QueryTypes.SELECT, transaction },
  );
  return onlyRow(rows);
}

/** How a run has ended. */
export interface RunEnd {
  state: Exclude<RunState, 'running'>;
  error?: string | null;
  /** Counters that are only known now; they replace those of the row. */
  counters?: Partial<Pick<Run, 'created' | 'updated' | 'deleted' | 'skipped'>>;
  /** Added to the details of the row. */
  details?: Readonly<Record<string, unknown>>;
}

/**
 * Ends a run of any kind: its state, what it is judged by, its flags, and the messages to webhooks are written
 * together, in the transaction of the caller.
 */
export async function endRun(
  sequelize: Sequelize,
  runId: string,
  { state, error = null, counters = {}, details = {} }: RunEnd,
  transaction: Transaction,
): Promise<Run> {
  const lock = transaction.LOCK.NO_KEY_UPDATE;
  const run = await Run.findByPk(runId, { lock, transaction, rejectOnEmpty: true });
  const ended = { state, error, finishedAt: new Date(), details: { ...run.details, ...details } };
  await run.update({ ...counters, ...ended }, { transaction });
  return await closeRun(sequelize, runId, transaction);
}

/** Work that one process at a time does as a run. */
interface ExclusiveWork {
  /** What tells it from other work: at most one run with the same key is running. */
  requestKey: string;
  /** What is thrown when another process does the same. */
  busy: () => HotspotsError;
  /**
   * Whether the run that a killed process has left is resumed. Where it is not, this function has ended it. Work
   * without it is never resumed.
   */
  resume?: (left: Run) => Promise<boolean>;
  /** Creates the row of a new run. */
  create: () => Promise<Run>;
}

/** What is done as one run: a management command, an import. */
export interface HeldWork extends Pick<ExclusiveWork, 'requestKey' | 'busy'> {
  kind: Exclude<RunKind, 'crawl' | 'undo'>;
  /** As whom it writes. */
  by: Actor;
  /** Kept with the run. */
  details: Readonly<Record<string, unknown>>;
  sourceName?: string;
}

/**
 * A row of `runs` whose work only this process does; when the process dies, however it dies, another one may.
 */
export class HeldRun implements AsyncDisposable {
  /** The row as it was when the run was opened. */
  readonly opened: Run;
  readonly resumed: boolean;
  readonly #sequelize: Sequelize;
  readonly #lock: WorkLock;

  private constructor(sequelize: Sequelize, lock: WorkLock, opened: Run, resumed: boolean) {
    this.#sequelize = sequelize;
    this.#lock = lock;
    this.opened = opened;
    this.resumed = resumed;
  }

  /**
   * Resumes the run that a killed process has left, or begins a new one. Imports and commands of killed processes,
   * which nobody resumes, are ended.
   *
   * @throws what `busy` gives, when another process holds a run of the same key
   */
  static async open(
    sequelize: Sequelize,
    { requestKey, busy, resume, create }: ExclusiveWork,
  ): Promise<HeldRun> {
    const lock = await lockWork(sequelize, requestKey);
    if (lock === null) throw busy();
    try {
      await endKilled(sequelize, requestKey);
      const left = resume ? await Run.findOne({ where: { requestKey, state: 'running' } }) : null;
      if (left === null || !(await resume?.(left)))
        return new HeldRun(sequelize, lock, await create(), false);
      const times = Number(left.details.resumed ?? 0) + 1;
      await left.update({ details: { ...left.details, resumed: times } });
      return new HeldRun(sequelize, lock, left, true);
    } catch (error) {
      await lock[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Begins the run of a command or an import.
   *
   * @throws what `busy` gives, when another process holds a run of the same key
   */
  static async begin(
    sequelize: Sequelize,
    { kind, requestKey, by, details, sourceName, busy }: HeldWork,
  ): Promise<HeldRun> {
    const create = () =>
      Run.create({
        kind,
        actorId: by.id,
        actorEmail: by.email,
        requestKey,
        details: { ...details },
        ...(sourceName !== undefined && { sourceName }),
      });
    return await HeldRun.open(sequelize, { requestKey, busy, create });
  }

  get id(): string {
    return this.opened.id;
  }

  /** Aborts when another process may work on the run, with the error as reason. */
  get lost(): AbortSignal {
    return this.#lock.lost;
  }

  /** Ends the run of a command or an import, and counts in the log what it did. */
  async end(state: RunEnd['state'], error: string | null = null): Promise<Run> {
    return await this.#sequelize.transaction((transaction) =>
      endCounted(this.#sequelize, this.id, { state, error }, transaction),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lock[Symbol.asyncDispose]();
  }
}

/** Ends the imports and commands whose process is gone: nobody does their work. The caller has the lock of `own`. */
async function endKilled(sequelize: Sequelize, own: string): Promise<void> {
  const running = await Run.findAll({
    where: { kind: ['command', 'import'], state: 'running', requestKey: { [Op.ne]: null } },
    order: [['id', 'ASC']],
  });
  for (const { id, requestKey } of running) {
    if (requestKey === null) continue;
    await using lock = requestKey === own ? null : await lockWork(sequelize, requestKey);
    if (requestKey !== own && lock === null) continue;
    await sequelize.transaction(async (transaction) => {
      // The lock is free also when the run has ended by itself since the list was read.
      const run = await Run.findByPk(id, { lock: transaction.LOCK.NO_KEY_UPDATE, transaction });
      if (run?.state !== 'running') return;
      const error = 'The process that ran it was killed.';
      await endCounted(sequelize, id, { state: 'stopped', error }, transaction);
    });
  }
}

/** Ends a run whose created and updated records nobody has counted: the log knows them. */
async function endCounted(
  sequelize: Sequelize,
  id: string,
  end: RunEnd,
  transaction: Transaction,
): Promise<Run> {
  const counters = onlyRow(
    await sequelize.query<{ created: number; updated: number }>(
      `SELECT count(DISTINCT (model, object_id)) FILTER (WHERE action = 0)::int AS created,
              count(DISTINCT (model, object_id)) FILTER (WHERE action = 1)::int AS updated
       FROM log_entries WHERE run_id = $1`,
      { bind: [id], type: QueryTypes.SELECT, transaction },
    ),
  );
  return await endRun(sequelize, id, { ...end, counters }, transaction);
}
