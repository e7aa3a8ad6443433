import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import path from 'node:path';
import type { Sequelize } from 'sequelize';
import { auditlog, type Registration } from '../audit/index.ts';
import { config } from '../config.ts';
import { sourcesFile } from '../crawl/source.ts';
import { pendingMigrations } from '../database/migrate.ts';
import { isMissingPackage } from '../errors.ts';

/** Tables of the program that are not audited: they say what the program did, not what is true. */
export const bookKeepingTables = [
  'log_entries',
  'log_seals',
  'log_prunes',
  'schema_migrations',
  'runs',
  'crawl_requests',
  'source_records',
  'match_keys',
  'rejected_items',
  'source_pauses',
  'schedules',
  'verdicts',
  'undo_plans',
  'undo_steps',
  'undone_entries',
  'holds',
  'suggestions',
  'released_fields',
  'sessions',
  'server_secrets',
  'sign_in_failures',
  'api_tokens',
  'idempotency_keys',
  'webhooks',
  'webhook_deliveries',
] as const;

/** From all is well to what needs a person. A notice is worth knowing and can wait. */
export const findingLevels = ['ok', 'notice', 'problem'] as const;

/** One thing that a check found. */
export interface Finding {
  readonly level: (typeof findingLevels)[number];
  /** What is so, in sentences. It may hold scraped text. */
  readonly message: string;
  /** What to do about it: a sentence or a command. Whatever is not well has one. */
  readonly mend?: string;
}

/** What checks look at. */
export interface CheckContext {
  readonly sequelize: Sequelize;
  /** The models that are to be audited. */
  readonly registrations: readonly Registration[];
  /** This machine's clock. */
  readonly now: () => Date;
  readonly storageFolder: string;
  /** The disk that a folder is on, in bytes. */
  readonly diskOf: (folder: string) => Promise<{ free: number; size: number }>;
  /** For how many months log entries are kept; undefined: for ever. */
  readonly retentionMonths: number | undefined;
  /** Where sources are read. */
  readonly sourcesFile: string;
  /** Where a browser may be. */
  readonly browserPaths: () => Promise<readonly string[]>;
}

/** Looks at one thing and changes nothing. One file each in `checks/`; `checks.ts` lists them. */
export interface Check {
  /** Stable; what programs know it by. */
  readonly name: string;
  /** Whether it asks tables, which are there only when all migrations were applied. */
  readonly needsTables: boolean;
  /** @returns at least one finding; each is of its own, so that one thing that is wrong hides no other */
  readonly run: (context: CheckContext) => Promise<readonly Finding[]>;
}

const systemBrowsers = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** What checks look at in this process, whose models are bound. */
export function openCheckContext(sequelize: Sequelize): CheckContext {
  return {
    sequelize,
    registrations: auditlog.registrations(),
    now: () => new Date(),
    storageFolder: config.storageFolder,
    diskOf: async (folder) => {
      const { bavail, blocks, bsize } = await statfs(nearestFolder(folder));
      return { free: bavail * bsize, size: blocks * bsize };
    },
    retentionMonths: config.auditRetentionMonths,
    sourcesFile,
    browserPaths: async () => [...(await playwrightBrowsers()), ...systemBrowsers],
  };
}

/** Where Playwright keeps its Chromium; nowhere when the package, which is optional, is not installed. */
async function playwrightBrowsers(): Promise<string[]> {
  try {
    // Only now: it takes long to load.
    const { chromium } = await import('playwright');
    return [chromium.executablePath()];
  } catch (error) {
    if (!isMissingPackage(error)) throw error;
    return [];
  }
}

/** The folder itself, or the one that it will be made in. */
function nearestFolder(folder: string): string {
  const parent = path.dirname(folder);
  return existsSync(folder) || parent === folder ? folder : nearestFolder(parent);
}

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
        message: `The check "${check.name}" could not run: ${reason}`,
        mend: 'Fix what the message names, and check again.',
      },
    ];
  }
}
