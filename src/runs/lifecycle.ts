import { Op, QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { Actor, JsonValue } from '../audit/index.ts';
import { type FieldSummary, summariseRun } from '../audit/read/index.ts';
import { lockWork, type WorkLock } from '../database/work-lock.ts';
import type { HotspotsError } from '../errors.ts';
import { collectFacts, storeFacts, usualFacts } from './flags/facts.ts';
import { raiseFlags } from './flags/raise.ts';
import { Run, type RunKind, type RunState } from './run.ts';
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
  return text.length <= longestText ? value : `${[...text].slice(0, longestText).join('')}…`;
}

/** What is done as one run: a management command, an import. */
export interface HeldWork {
  kind: Exclude<RunKind, 'crawl' | 'undo'>;
  /** What tells it from other work: at most one run with the same key goes on. */
  requestKey: string;
  /** As whom it writes. */
  by: Actor;
  /** Kept with the run. */
  details: Readonly<Record<string, unknown>>;
  sourceName?: string;
  /** What is thrown when another process does the same. */
  busy: () => HotspotsError;
}

/**
 * A row of `runs` whose work only this process does; when the process dies, however it dies, another one may.
 */
export class HeldRun implements AsyncDisposable {
  readonly id: string;
  readonly #sequelize: Sequelize;
  readonly #lock: WorkLock;

  private constructor(sequelize: Sequelize, lock: WorkLock, id: string) {
    this.#sequelize = sequelize;
    this.#lock = lock;
    this.id = id;
  }

  /**
   * Begins a run, and ends those that killed processes have left.
   *
   * @throws what `busy` gives, when another process holds a run of the same key
   */
  static async begin(
    sequelize: Sequelize,
    { kind, requestKey, by, details, sourceName, busy }: HeldWork,
  ): Promise<HeldRun> {
    const lock = await lockWork(sequelize, requestKey);
    if (lock === null) throw busy();
    try {
      await endKilled(sequelize, requestKey);
      const run = await Run.create({
        kind,
        actorId: by.id,
        actorEmail: by.email,
        requestKey,
        details: { ...details },
        ...(sourceName !== undefined && { sourceName }),
      });
      return new HeldRun(sequelize, lock, run.id);
    } catch (error) {
      await lock[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Ends the run and stores what it did. */
  async end(state: Exclude<RunState, 'running'>, error: string | null = null): Promise<Run> {
    return await end(this.#sequelize, this.id, state, error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lock[Symbol.asyncDispose]();
  }
}

/** Ends the runs whose process is gone: nobody does their work. The caller has the lock of `own`. */
async function endKilled(sequelize: Sequelize, own: string): Promise<void> {
  for (const { id, requestKey } of await Run.findAll({
    where: { kind: ['command', 'import'], state: 'running', requestKey: { [Op.ne]: null } },
  })) {
    if (requestKey === null) continue;
    await using lock = requestKey === own ? null : await lockWork(sequelize, requestKey);
    if (requestKey === own || lock !== null)
      await end(sequelize, id, 'stopped', 'The process that ran it was killed.');
  }
}

function end(
  sequelize: Sequelize,
  id: string,
  state: Exclude<RunState, 'running'>,
  error: string | null,
): Promise<Run> {
  return sequelize.transaction(async (transaction) => {
    const [counts] = await sequelize.query<{ created: number; updated: number }>(
      `SELECT count(DISTINCT (model, object_id)) FILTER (WHERE action = 0)::int AS created,
              count(DISTINCT (model, object_id)) FILTER (WHERE action = 1)::int AS updated
       FROM log_entries WHERE run_id = $1`,
      { bind: [id], type: QueryTypes.SELECT, transaction },
    );
    await Run.update({ ...counts, state, error, finishedAt: new Date() }, { where: { id }, transaction });
    return await closeRun(sequelize, id, transaction);
  });
}
