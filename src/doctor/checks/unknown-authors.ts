import { QueryTypes } from 'sequelize';
import type { Check } from '../check.ts';
import type { Finding } from '../finding.ts';

const days = 30;

interface AuthorCount {
  email: string;
  entries: number;
  /** The id of the newest. */
  newest: string;
}

/** Writes of the last 30 days for which no person and no part of the program answers. */
export const unknownAuthors: Check = {
  name: 'unknown-authors',
  needsTables: true,
  run: async ({ sequelize, now }) => {
    const since = new Date(now().getTime() - days * 24 * 60 * 60 * 1000);
    const counts = await sequelize.query<AuthorCount>(
      `SELECT actor_email AS email, count(*)::int AS entries, max(id)::text AS newest FROM log_entries
       WHERE timestamp >= $1
         AND actor_email = ANY (ARRAY(SELECT 'unknown' UNION ALL SELECT 'database:' || rolname FROM pg_roles))
       GROUP BY actor_email ORDER BY actor_email`,
      { bind: [since], type: QueryTypes.SELECT },
    );
    if (counts.length > 0) return counts.map(describe);
    return [{ level: 'ok', message: `All log entries of the last ${days} days say who wrote.` }];
  },
};

function describe({ email, entries, newest }: AuthorCount): Finding {
  if (email === 'unknown') {
    return {
      level: 'problem',
      message: `Log entries of the last ${days} days without an author: ${entries}, the newest is ${newest}.`,
      mend: `Find the code, and enclose it in an actor context: npm run review -- show ${newest}`,
    };
  }
  return {
    level: 'notice',
    message: `${email.replace(':', ' role ')} wrote around the program in the last ${days} days: entries ${entries}.`,
    mend: `See what was written: npm run review -- --actor=${email}`,
  };
}
