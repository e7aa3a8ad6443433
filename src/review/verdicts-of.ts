import { QueryTypes, type Sequelize } from 'sequelize';
import type { GivenVerdict, VerdictTarget } from './given-verdict.ts';

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
