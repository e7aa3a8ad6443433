import { pendingMigrations } from '../database/migrate.ts';
import type { Check, CheckContext } from './check.ts';
import type { Finding } from './finding.ts';

export interface CheckResult {
  readonly check: string;
  readonly findings: readonly Finding[];
}

/**
 * Makes the checks, one after another. Those that need tables are left out while migrations are not applied; one that
 * fails says so, and the others go on.
 */
export async function runChecks(checks: readonly Check[], context: CheckContext): Promise<CheckResult[]> {
  const hasTables = (await pendingMigrations(context.sequelize)).length === 0;
  const results: CheckResult[] = [];
  for (const check of checks) {
    if (check.needsTables && !hasTables) continue;
    results.push({ check: check.name, findings: await findingsOf(check, context) });
  }
  return results;
}

async function findingsOf(check: Check, context: CheckContext): Promise<readonly Finding[]> {
  try {
    return await check.run(context);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [
      {
        level: 'problem',
        message: `The check "${check.name}" could not be made: ${reason}`,
        mend: 'Mend what the message names, and check again.',
      },
    ];
  }
}
