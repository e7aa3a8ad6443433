import type pg from 'pg';
import { Op, QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { Actor, JsonValue } from '../audit/index.ts';
import { type FieldSummary, summariseRun } from '../audit/read/index.ts';
import { openSession } from '../database/session.ts';
import type { HotspotsError } from '../errors.ts';
import { collectFacts, usualFacts } from './flags/facts.ts';
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
  await run.update(
    { ...counts, fields: fields.map(shortened), details: { ...run.details, facts } },
    { transaction },
  );
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
 * A row of `runs`, held by this process: a session lock keeps a second process from doing the same work, and goes when
 * the process dies, however it dies.
 */
export class HeldRun implements AsyncDisposable {
  readonly id: string;
  readonly #sequelize: Sequelize;
  readonly #session: pg.Client;

  private constructor(sequelize: Sequelize, session: pg.Client, id: string) {
    this.#sequelize = sequelize;
    this.#session = session;
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
    const session = await openSession(sequelize);
    try {
      if (!(await isLocked(session, requestKey))) throw busy();
      await endKilled(sequelize, session, requestKey);
      const run = await Run.create({
        ...{ kind, actorId: by.id, actorEmail: by.email, requestKey, details: { ...details } },
        ...(sourceName !== undefined && { sourceName }),
      });
      return new HeldRun(sequelize, session, run.id);
    } catch (error) {
      await session.end();
      throw error;
    }
  }

  /** Ends the run and stores what it did. */
  async end(state: Exclude<RunState, 'running'>, error: string | null = null): Promise<Run> {
    return await end(this.#sequelize, this.id, state, error);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.end();
  }
}

/** Ends the runs whose process is gone: nobody holds their key. */
async function endKilled(sequelize: Sequelize, session: pg.Client, own: string): Promise<void> {
  for (const { id, requestKey } of await Run.findAll({
    where: { kind: ['command', 'import'], state: 'running', requestKey: { [Op.ne]: null } },
  })) {
    if (requestKey === null || (requestKey !== own && !(await isLocked(session, requestKey)))) continue;
    await end(sequelize, id, 'stopped', 'The process that ran it was killed.');
    if (requestKey !== own) await unlock(session, requestKey);
  }
}

async function unlock(session: pg.Client, requestKey: string): Promise<void> {
  await session.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [`hotspots:${requestKey}`]);
}

async function isLocked(session: pg.Client, requestKey: string): Promise<boolean> {
  const { rows } = await session.query<{ locked: boolean }>(
    'SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS locked',
    [`hotspots:${requestKey}`],
  );
  return rows[0]?.locked === true;
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
