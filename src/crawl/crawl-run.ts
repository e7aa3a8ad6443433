import type { Sequelize } from 'sequelize';
import { resolveAutomatedActor } from '../audit/index.ts';
import { HotspotsError } from '../errors.ts';
import {
  addCounters,
  countersOf,
  endRun,
  HeldRun,
  Run,
  type RunCounters,
  type RunEnd,
} from '../runs/index.ts';
import type { NewRequest } from './page.ts';
import { addRequests } from './requests.ts';

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
 * The run of a crawl, which only this process works on; when the process dies, however it dies, another one may.
 */
export class CrawlRun {
  readonly id: string;
  readonly resumed: boolean;
  /** As they were when the run was opened. */
  readonly counters: RunCounters;
  /** Whether the limit of pages kept start pages out. */
  readonly limited: boolean;
  readonly #sequelize: Sequelize;
  readonly #held: HeldRun;

  private constructor(sequelize: Sequelize, held: HeldRun, limited: boolean) {
    this.#sequelize = sequelize;
    this.#held = held;
    this.id = held.id;
    this.resumed = held.resumed;
    this.counters = countersOf(held.opened);
    this.limited = limited;
  }

  /**
   * Resumes the run that a killed process has left, or begins a new one.
   * @throws HotspotsError CRAWL_ALREADY_RUNNING
   */
  static async open(sequelize: Sequelize, options: OpenRunOptions): Promise<CrawlRun> {
    const { identity } = options;
    let limited = false;
    const held = await HeldRun.open(sequelize, {
      requestKey: requestKey(identity),
      busy: () => alreadyRunning(identity),
      resume: (left) => mayResume(sequelize, left, identity),
      create: async () => {
        const created = await create(sequelize, options);
        limited = created.limited;
        return created.run;
      },
    });
    return new CrawlRun(sequelize, held, limited);
  }

  /** Aborts when another process may work on the run, with the error as reason. */
  get lost(): AbortSignal {
    return this.#held.lost;
  }

  /** Ends the run. What failed or was skipped is kept; the list of what was done is not needed any more. */
  async finish(how: RunEnd): Promise<void> {
    await end(this.#sequelize, this.id, how);
  }

  /** Lets others have the source. */
  async release(): Promise<void> {
    await this.#held[Symbol.asyncDispose]();
  }
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

/** Ends the run that is left when it cannot be resumed. */
async function mayResume(sequelize: Sequelize, left: Run, { fingerprint }: CrawlIdentity): Promise<boolean> {
  if (left.details.fingerprint === fingerprint) return true;
  const error = 'The process that ran it was killed, and the source has other start pages now.';
  await end(sequelize, left.id, { state: 'failed', error });
  return false;
}

async function create(
  sequelize: Sequelize,
  options: OpenRunOptions,
): Promise<{ run: Run; limited: boolean }> {
  const { identity, details, pageLimit } = options;
  const { spider, sourceName, fingerprint } = identity;
  const actor = await resolveAutomatedActor('scraper');
  const start = await options.start();
  // In one transaction, so that no run without its start pages can be left to be resumed.
  return sequelize.transaction(async (transaction) => {
    const run = await Run.create(
      {
        kind: 'crawl',
        actorId: actor.id,
        actorEmail: actor.email,
        spider,
        sourceName,
        requestKey: requestKey(identity),
        details: { ...details, fingerprint },
      },
      { transaction },
    );
    const pages = start.filter(({ kind }) => kind !== 'sitemap');
    const sitemaps = start.filter(({ kind }) => kind === 'sitemap');
    const { added, limited } = await addRequests(sequelize, transaction, run.id, pages, pageLimit);
    await addRequests(sequelize, transaction, run.id, sitemaps, sitemaps.length);
    await addCounters(sequelize, run.id, { requests: added }, transaction);
    return { run: await run.reload({ transaction }), limited };
  });
}

async function end(sequelize: Sequelize, id: string, how: RunEnd): Promise<void> {
  await sequelize.transaction(async (transaction) => {
    await endRun(sequelize, id, how, transaction);
    await sequelize.query(
      `DELETE FROM crawl_requests WHERE run_id = $1 AND state IN ('handled', 'pending')`,
      { bind: [id], transaction },
    );
  });
}
