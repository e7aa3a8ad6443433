import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { resolveAutomatedActor } from '../audit/index.ts';
import { onlyRow } from '../database/only-row.ts';
import { lockWork, type WorkLock } from '../database/work-lock.ts';
import { HotspotsError } from '../errors.ts';
import { closeRun } from '../runs/index.ts';
import type { NewRequest } from './page.ts';
import { addRequests } from './requests.ts';
import type { RunCounters } from './write-pages.ts';

/** What tells one crawl from another. */
export interface CrawlIdentity {
  spider: string;
  sourceName: string;
  /** Absolute path of the archive that is read instead of the network. */
  archive: string | null;
  dryRun: boolean;
  /** What must be the same for a run to be resumed: the start pages. */
  fingerprint: string;
}

export interface OpenRunOptions {
  identity: CrawlIdentity;
  /** The first requests of a new run. */
  start(): Promise<NewRequest[]>;
  pageLimit: number;
  /** Kept in the run's row. */
  details: Record<string, unknown>;
}

/**
 * A row of `runs` that only this process works on; when the process dies, however it dies, another one may.
 */
export class CrawlRun {
  readonly id: string;
  readonly resumed: boolean;
  readonly counters: RunCounters;
  /** Whether the limit of pages kept start pages out. */
  readonly limited: boolean;
  readonly #sequelize: Sequelize;
  readonly #lock: WorkLock;

  private constructor(sequelize: Sequelize, lock: WorkLock, opened: OpenedRun) {
    this.#sequelize = sequelize;
    this.#lock = lock;
    this.id = opened.id;
    this.resumed = opened.resumed;
    this.counters = opened.counters;
    this.limited = opened.limited;
  }

  /**
   * Goes on with the run that a killed process has left, or begins a new one.
   * @throws HotspotsError CRAWL_ALREADY_RUNNING
   */
  static async open(sequelize: Sequelize, options: OpenRunOptions): Promise<CrawlRun> {
    const key = requestKey(options.identity);
    const lock = await lockWork(sequelize, key);
    if (lock === null) throw alreadyRunning(options.identity);
    try {
      const opened =
        (await resume(sequelize, key, options.identity)) ?? (await begin(sequelize, key, options));
      return new CrawlRun(sequelize, lock, opened);
    } catch (error) {
      await lock[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Aborts when another process may work on the run, with the error as reason. */
  get lost(): AbortSignal {
    return this.#lock.lost;
  }

  /** Ends the run. What failed or was skipped is kept; the list of what was done is not needed any more. */
  async finish(
    state: 'finished' | 'stopped' | 'failed',
    error: string | null,
    details: object,
  ): Promise<void> {
    await end(this.#sequelize, this.id, state, error, details);
  }

  /** Lets others have the source. */
  async release(): Promise<void> {
    await this.#lock[Symbol.asyncDispose]();
  }
}

interface OpenedRun {
  id: string;
  resumed: boolean;
  counters: RunCounters;
  limited: boolean;
}

function requestKey({ spider, sourceName, archive, dryRun }: CrawlIdentity): string {
  return JSON.stringify([spider, sourceName, archive, dryRun]);
}

function alreadyRunning({ sourceName, spider }: CrawlIdentity): HotspotsError {
  return new HotspotsError(
    'CRAWL_ALREADY_RUNNING',
    `Another process is crawling the source ${sourceName} with the spider ${spider}. ` +
      'One at a time may do so: wait until it is done, or stop it.',
  );
}

const counterColumns =
  'requests, pages, items, created, updated, unchanged, rejected, failed, skipped, held, suggested';

async function resume(sequelize: Sequelize, key: string, identity: CrawlIdentity): Promise<OpenedRun | null> {
  const rows = await sequelize.query<RunCounters & { id: string; fingerprint: string | null }>(
    `SELECT id, details ->> 'fingerprint' AS fingerprint, ${counterColumns}
     FROM runs WHERE request_key = $1 AND state = 'running'`,
    { bind: [key], type: QueryTypes.SELECT },
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { id, fingerprint, ...counters } = row;
  if (fingerprint !== identity.fingerprint) {
    const error = 'The process that ran it was killed, and the source has other start pages now.';
    await end(sequelize, id, 'failed', error, {});
    return null;
  }
  await sequelize.query(
    `UPDATE runs
     SET details = jsonb_set(details, '{resumed}', to_jsonb(coalesce((details ->> 'resumed')::int, 0) + 1))
     WHERE id = $1`,
    { bind: [id] },
  );
  return { id, resumed: true, counters, limited: false };
}

async function begin(sequelize: Sequelize, key: string, options: OpenRunOptions): Promise<OpenedRun> {
  const { identity, details, pageLimit } = options;
  const actor = await resolveAutomatedActor('scraper');
  const start = await options.start();
  // In one transaction, so that no run without its start pages can be left to be resumed.
  return sequelize.transaction(async (transaction: Transaction) => {
    const rows = await sequelize.query<RunCounters & { id: string }>(
      `INSERT INTO runs (actor_id, actor_email, spider, source_name, request_key, details)
       VALUES ($1, $2, $3, $4, $5, $6::jsonb) RETURNING id, ${counterColumns}`,
      {
        bind: [
          actor.id,
          actor.email,
          identity.spider,
          identity.sourceName,
          key,
          JSON.stringify({ ...details, fingerprint: identity.fingerprint }),
        ],
        transaction,
        type: QueryTypes.SELECT,
      },
    );
    const { id, ...counters } = onlyRow(rows);
    const pages = start.filter(({ kind }) => kind !== 'sitemap');
    const sitemaps = start.filter(({ kind }) => kind === 'sitemap');
    const { added, limited } = await addRequests(sequelize, transaction, id, pages, pageLimit);
    await addRequests(sequelize, transaction, id, sitemaps, sitemaps.length);
    await sequelize.query('UPDATE runs SET requests = $2 WHERE id = $1', {
      bind: [id, added],
      transaction,
    });
    return { id, resumed: false, counters: { ...counters, requests: added }, limited };
  });
}

async function end(
  sequelize: Sequelize,
  id: string,
  state: 'finished' | 'stopped' | 'failed',
  error: string | null,
  details: object,
): Promise<void> {
  await sequelize.transaction(async (transaction) => {
    await sequelize.query(
      `UPDATE runs SET state = $2, error = $3, finished_at = now(), details = details || $4::jsonb
       WHERE id = $1`,
      { bind: [id, state, error, JSON.stringify(details)], transaction },
    );
    await closeRun(sequelize, id, transaction);
    await sequelize.query(
      `DELETE FROM crawl_requests WHERE run_id = $1 AND state IN ('handled', 'pending')`,
      { bind: [id], transaction },
    );
  });
}
