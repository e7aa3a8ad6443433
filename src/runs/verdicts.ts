import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { Actor } from '../audit/index.ts';
import { HotspotsError } from '../errors.ts';
import { readingContext, unknownChange } from './log-context.ts';
import { Run, type Verdict } from './run.ts';
import { pauseSource } from './source-pauses.ts';

/** What is judged. */
export type VerdictTarget = { readonly runId: string } | { readonly entryId: string };

/** `clear` takes back what was said before. */
export const verdictWords = ['good', 'bad', 'clear'] as const;
export type VerdictWord = (typeof verdictWords)[number];

/** A verdict that somebody gave. */
export interface GivenVerdict {
  id: string;
  runId: string | null;
  entryId: string | null;
  verdict: VerdictWord;
  note: string | null;
  givenAt: Date;
  givenByEmail: string;
}

export interface VerdictDetails {
  by: Actor;
  note?: string | null | undefined;
}

/**
 * Judges a run, with all its changes, or a single change. A good run is what later ones are compared with; a bad
 * one pauses its source; `clear` takes the verdict back, and resumes nothing.
 *
 * @returns the source that was paused by it; null when none was
 * @throws HotspotsError RUN_UNKNOWN, RUN_NOT_FINISHED, CHANGE_UNKNOWN
 */
export function giveVerdict(
  sequelize: Sequelize,
  target: VerdictTarget,
  verdict: VerdictWord,
  { by, note = null }: VerdictDetails,
  outer?: Transaction,
): Promise<{ paused: string | null }> {
  const judge = async (transaction: Transaction) => {
    const run = 'runId' in target ? await judgedRun(target.runId, transaction) : null;
    if ('entryId' in target) await checkEntry(sequelize, target.entryId, transaction);
    await sequelize.query(
      `INSERT INTO verdicts (run_id, entry_id, given_by_id, given_by_email, verdict, note)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      {
        bind: [
          run?.id ?? null,
          'entryId' in target ? target.entryId : null,
          by.id,
          by.email,
          verdict,
          note === '' ? null : note,
        ],
        transaction,
      },
    );
    await run?.update({ verdict: verdict === 'clear' ? null : verdict }, { transaction });
    const sourceName = run?.sourceName ?? null;
    if (run === null || verdict !== 'bad' || sourceName === null) return { paused: null };
    const reason = `Run ${run.id} was judged bad${note ? `: ${note}` : '.'}`;
    await pauseSource(sequelize, sourceName, { by, reason, runId: run.id }, transaction);
    return { paused: sourceName };
  };
  return outer === undefined ? sequelize.transaction(judge) : judge(outer);
}

async function judgedRun(runId: string, transaction: Transaction): Promise<Run> {
  const run = await Run.findByPk(runId, { transaction, lock: transaction.LOCK.NO_KEY_UPDATE });
  if (run === null) {
    throw new HotspotsError('RUN_UNKNOWN', `There is no run ${runId}. All runs: npm run review.`);
  }
  if (run.state === 'running') {
    throw new HotspotsError(
      'RUN_NOT_FINISHED',
      `Run ${runId} is still going on. Judge it when it has ended: npm run review -- ${runId}.`,
    );
  }
  return run;
}

async function checkEntry(sequelize: Sequelize, entryId: string, transaction: Transaction): Promise<void> {
  const rows = await sequelize.query('SELECT id FROM log_entries WHERE id = $1', {
    bind: [entryId],
    type: QueryTypes.SELECT,
    transaction,
  });
  if (rows.length > 0) return;
  throw unknownChange(entryId);
}

/** The verdict that counts for each of some log entries: its own, else that of its run. Entries without one are left out. */
export async function verdictsOfEntries(
  sequelize: Sequelize,
  entryIds: readonly string[],
): Promise<Map<string, Verdict>> {
  const verdict = readingContext().verdictSql?.({ id: 'entry.id', runId: 'entry.run_id' });
  const rows = await sequelize.query<{ id: string; verdict: Verdict }>(
    `SELECT * FROM (SELECT entry.id, ${verdict} AS verdict FROM log_entries entry WHERE entry.id = ANY($1::bigint[])) found
     WHERE verdict IS NOT NULL`,
    { bind: [[...entryIds]], type: QueryTypes.SELECT },
  );
  return new Map(rows.map((row) => [row.id, row.verdict]));
}

/** All verdicts on a run or a change, the newest first. */
export async function verdictsOf(sequelize: Sequelize, target: VerdictTarget): Promise<GivenVerdict[]> {
  const [column, id] = 'runId' in target ? ['run_id', target.runId] : ['entry_id', target.entryId];
  return await sequelize.query<GivenVerdict>(
    `SELECT id, run_id AS "runId", entry_id AS "entryId", verdict, note, given_at AS "givenAt",
            given_by_email AS "givenByEmail"
     FROM verdicts WHERE ${column} = $1 ORDER BY id DESC LIMIT 100`,
    { bind: [id], type: QueryTypes.SELECT },
  );
}
