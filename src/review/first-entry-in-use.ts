import { QueryTypes, type Sequelize } from 'sequelize';

/**
 * The first log entry that somebody still needs, which retention must not remove: of runs that go on, of those that
 * are flagged and nobody has judged yet, and of undos that are not done. Null when there is none.
 */
export async function firstEntryInUse(sequelize: Sequelize): Promise<string | null> {
  const [row] = await sequelize.query<{ id: string | null }>(
    `SELECT least(
       (SELECT min(entry.id) FROM runs JOIN log_entries entry ON entry.run_id = runs.id
        WHERE runs.state = 'running' OR (runs.verdict IS NULL AND runs.flags <> '[]')),
       (SELECT min(step.first_entry_id) FROM undo_plans plan JOIN undo_steps step ON step.plan_id = plan.id
        WHERE plan.state = 'applying')) AS id`,
    { type: QueryTypes.SELECT },
  );
  return row?.id ?? null;
}
