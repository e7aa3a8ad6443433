import type { Check } from './check.ts';
import { automatedUsers, signInCheck } from './checks/accounts.ts';
import { retention, seals, triggers, unknownAuthors, unregisteredTables } from './checks/audit.ts';
import { clock, database, migrations, storage } from './checks/database.ts';
import { browser, flaggedRuns, jobsCheck, schedules, sources, webhooks } from './checks/work.ts';

/** All checks, in the order in which they are shown. */
export const checks: readonly Check[] = [
  database,
  migrations,
  clock,
  triggers,
  unregisteredTables,
  unknownAuthors,
  automatedUsers,
  signInCheck,
  seals,
  retention,
  storage,
  browser,
  schedules,
  jobsCheck,
  sources,
  flaggedRuns,
  webhooks,
];
