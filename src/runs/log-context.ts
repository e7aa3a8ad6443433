import { QueryTypes, type Sequelize } from 'sequelize';
import { resolveAutomatedActor } from '../audit/index.ts';
import type { LogEntryRow, ReadingContext } from '../audit/read/index.ts';
import { config } from '../config.ts';
import { onlyRow } from '../database/only-row.ts';
import { HotspotsError } from '../errors.ts';
import { isId } from '../ids.ts';
import { User } from '../records/index.ts';
import { quoted } from '../text.ts';
import { Run } from './run.ts';

/**
 * Who acts on the command line: the user with this e-mail, else the one that HOTSPOTS_USER names, else the system
 * user.
 *
 * @throws HotspotsError USER_UNKNOWN, USER_INACTIVE
 */
export async function actingPerson(given?: string): Promise<User> {
  const email = (given ?? config.userEmail)?.toLowerCase();
  if (email === undefined) return await systemUser();
  const user = await User.findOne({ where: { email } });
  if (user === null) {
    throw new HotspotsError(
      'USER_UNKNOWN',
      `There is no user ${JSON.stringify(email)}. Those there are: npm run hotspots -- user list.`,
    );
  }
  if (!user.isActive) {
    throw new HotspotsError(
      'USER_INACTIVE',
      `The user ${email} is deactivated and cannot act. Name another one, or activate this one: ` +
        `npm run hotspots -- user activate ${email}.`,
    );
  }
  return user;
}

async function systemUser(): Promise<User> {
  const { id, email } = await resolveAutomatedActor('system');
  const user = id === null ? null : await User.findByPk(id);
  if (user === null)
    throw new HotspotsError('USER_UNKNOWN', `The system user ${email} is gone. Start again.`);
  return user;
}

/**
 * The first log entry that somebody still needs, which retention must not remove: of runs that go on, of those that
 * are flagged and nobody has judged yet, and of undos that are not done. Null when there is none.
 */
export async function firstEntryInUse(sequelize: Sequelize): Promise<string | null> {
  const { id } = onlyRow(
    await sequelize.query<{ id: string | null }>(
      `SELECT least(
       (SELECT min(entry.id) FROM runs JOIN log_entries entry ON entry.run_id = runs.id
        WHERE runs.state = 'running' OR (runs.verdict IS NULL AND runs.flags <> '[]')),
       (SELECT min(step.first_entry_id) FROM undo_plans plan JOIN undo_steps step ON step.plan_id = plan.id
        WHERE plan.state = 'applying')) AS id`,
      { type: QueryTypes.SELECT },
    ),
  );
  return id;
}

/** What reading the log needs to know of actors, sources and verdicts. */
export function readingContext(): ReadingContext {
  return {
    actorEmails: { scraper: config.scraperActorEmail, system: config.systemActorEmail },
    runsOfSource: async (sourceName) => {
      const runs = await Run.findAll({ attributes: ['id'], where: { sourceName }, order: [['id', 'DESC']] });
      return runs.map(({ id }) => id);
    },
    verdictSql: ({ id, runId }) => `coalesce(
      (SELECT nullif(verdict, 'clear') FROM (
         SELECT verdict FROM verdicts WHERE entry_id = ${id} ORDER BY verdicts.id DESC LIMIT 1) own),
      (SELECT verdict FROM runs WHERE runs.id = ${runId}))`,
  };
}

/** Why somebody made a change, in their own words; null when they did not say. */
export function reasonOf({ extra }: Pick<LogEntryRow, 'extra'>): string | null {
  return typeof extra?.reason === 'string' ? extra.reason : null;
}

/** The error for an id that no log entry has. */
export function unknownChange(id: string): HotspotsError {
  return new HotspotsError(
    'CHANGE_UNKNOWN',
    `There is no change ${isId(id) ? id : quoted(id)}. The newest are on /review/changes; or: npm run review -- --since=1d.`,
  );
}
