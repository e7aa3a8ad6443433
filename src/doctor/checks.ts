import type { Check } from './check.ts';
import { automatedUsers } from './checks/automated-users.ts';
import { browser } from './checks/browser.ts';
import { clock } from './checks/clock.ts';
import { database } from './checks/database.ts';
import { flaggedRuns } from './checks/flagged-runs.ts';
import { jobs } from './checks/jobs.ts';
import { migrations } from './checks/migrations.ts';
import { retention } from './checks/retention.ts';
import { schedules } from './checks/schedules.ts';
import { seals } from './checks/seals.ts';
import { signIn } from './checks/sign-in.ts';
import { sources } from './checks/sources.ts';
import { storage } from './checks/storage.ts';
import { triggers } from './checks/triggers.ts';
import { unknownAuthors } from './checks/unknown-authors.ts';
import { unregisteredTables } from './checks/unregistered-tables.ts';
import { webhooks } from './checks/webhooks.ts';

/** All checks, in the order in which they are shown. */
export const checks: readonly Check[] = [
  database,
  migrations,
  clock,
  triggers,
  unregisteredTables,
  unknownAuthors,
  automatedUsers,
  signIn,
  seals,
  retention,
  storage,
  browser,
  schedules,
  jobs,
  sources,
  flaggedRuns,
  webhooks,
];
