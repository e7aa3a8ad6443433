import path from 'node:path';
import { z } from 'zod';
import { HotspotsError } from './errors.ts';

const projectFolder = path.resolve(import.meta.dirname, '..');

export const logLevels = ['silent', 'error', 'warn', 'info'] as const;
export type LogLevel = (typeof logLevels)[number];

const logLevelSchema = z.enum(logLevels).default('info');

const postgresUrl = z.string().refine(isPostgresUrl, {
  error: 'must look like postgres://user:password@host:5432/database',
});

const environmentSchema = z.object({
  DATABASE_URL: postgresUrl.optional(),
  SCRAPER_ACTOR_EMAIL: z.email().default('scraper@vibemap.com'),
  SYSTEM_ACTOR_EMAIL: z.email().default('system@vibemap.com'),
  HOTSPOTS_STORAGE: z.string().default(path.join(projectFolder, 'storage')),
  HOTSPOTS_DATABASE_POOL: z.coerce.number().int().min(1).max(500).default(10),
  HOTSPOTS_LOG_LEVEL: logLevelSchema,
  HOTSPOTS_USER_AGENT: z
    .string()
    .regex(/^[\x20-\x7e]+$/, 'must be printable ASCII')
    .optional(),
  HOTSPOTS_USER: z.email().optional(),
  HOTSPOTS_AUDIT_RETENTION_MONTHS: z.coerce.number().int().min(1).max(1200).optional(),
  HOTSPOTS_PUBLIC_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:8080'),
  HOTSPOTS_METRICS_TOKEN: z
    .string()
    .regex(/^[\w~+/.=-]{16,200}$/, 'must be 16 to 200 letters, digits and ~ + / . = - _')
    .optional(),
});

/** What the environment decides. Folders are absolute; the pool size counts connections of one process. */
export interface Config {
  /** The PostgreSQL server to use; without it, the embedded server in `storageFolder`. */
  readonly databaseUrl: string | undefined;
  readonly scraperActorEmail: string;
  readonly systemActorEmail: string;
  readonly storageFolder: string;
  readonly databasePoolSize: number;
  readonly logLevel: LogLevel;
  /** How the crawler presents itself to sites; without it, by name and version. */
  readonly userAgent: string | undefined;
  /** Who acts on the command line, by e-mail; without it, the system user. */
  readonly userEmail: string | undefined;
  /** For how many whole months log entries are kept; without it, for ever. */
  readonly auditRetentionMonths: number | undefined;
  /** Where people reach the pages: links in messages begin with it. */
  readonly publicUrl: string;
  /** What who reads /metrics from elsewhere sends as its bearer token; without it, nobody elsewhere may. */
  readonly metricsToken: string | undefined;
}

/** The settings that an environment has, by the names of their variables. */
export function settingNames(environment: NodeJS.ProcessEnv): string[] {
  return Object.keys(environmentSchema.shape).filter((name) => (environment[name] ?? '') !== '');
}

/**
 * Checks the environment and gives it names. A variable set to the empty string counts as not set.
 * @throws HotspotsError CONFIG_INVALID with every problem, one per line.
 */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = environmentSchema.safeParse(given);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => describeProblem(issue, given));
    throw new HotspotsError(
      'CONFIG_INVALID',
      `The environment has ${problems.length === 1 ? 'a value that is' : `${problems.length} values that are`} not allowed:\n` +
        `${problems.join('\n')}\nCorrect or unset what is named here, then start again.`,
    );
  }
  const values = result.data;
  return {
    databaseUrl: values.DATABASE_URL,
    scraperActorEmail: values.SCRAPER_ACTOR_EMAIL,
    systemActorEmail: values.SYSTEM_ACTOR_EMAIL,
    storageFolder: path.resolve(values.HOTSPOTS_STORAGE),
    databasePoolSize: values.HOTSPOTS_DATABASE_POOL,
    logLevel: values.HOTSPOTS_LOG_LEVEL,
    userAgent: values.HOTSPOTS_USER_AGENT,
    userEmail: values.HOTSPOTS_USER?.toLowerCase(),
    auditRetentionMonths: values.HOTSPOTS_AUDIT_RETENTION_MONTHS,
    publicUrl: values.HOTSPOTS_PUBLIC_URL,
    metricsToken: values.HOTSPOTS_METRICS_TOKEN,
  };
}

function isPostgresUrl(value: string): boolean {
  // libpq also allows a user without a host, for a Unix socket named in the query; URL does not.
  return /^postgres(ql)?:\/\//.test(value) && URL.canParse(value.replace('@/', '@localhost/'));
}

const secretSettings: ReadonlySet<string> = new Set(['DATABASE_URL', 'HOTSPOTS_METRICS_TOKEN']);

function describeProblem(issue: z.core.$ZodIssue, given: Record<string, string | undefined>): string {
  const name = issue.path.join('.');
  const shown = secretSettings.has(name) ? 'not shown, it may be secret' : JSON.stringify(given[name]);
  return `  ${name}: ${issue.message} (given: ${shown})`;
}

let loaded: Config | undefined;

function load(): Config {
  loaded ??= loadConfig(process.env);
  return loaded;
}

/** The configuration of this process, read from the environment at first use. */
export const config: Config = {
  get databaseUrl() {
    return load().databaseUrl;
  },
  get scraperActorEmail() {
    return load().scraperActorEmail;
  },
  get systemActorEmail() {
    return load().systemActorEmail;
  },
  get storageFolder() {
    return load().storageFolder;
  },
  get databasePoolSize() {
    return load().databasePoolSize;
  },
  get logLevel() {
    return load().logLevel;
  },
  get userAgent() {
    return load().userAgent;
  },
  get userEmail() {
    return load().userEmail;
  },
  get auditRetentionMonths() {
    return load().auditRetentionMonths;
  },
  get publicUrl() {
    return load().publicUrl;
  },
  get metricsToken() {
    return load().metricsToken;
  },
};

/**
 * The log level alone. It never throws, because the log must also work for reporting a wrong environment;
 * a wrong level is reported by `loadConfig` like any other wrong value.
 */
export function readLogLevel(): LogLevel {
  const result = logLevelSchema.safeParse(process.env.HOTSPOTS_LOG_LEVEL || undefined);
  return result.success ? result.data : 'info';
}
