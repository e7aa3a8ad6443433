import path from 'node:path';
import { CronExpressionParser } from 'cron-parser';
import { z } from 'zod';
import { retryLimits } from './retry-policy.ts';

/**
 * When something is done again and again: a cron expression of five fields (minute, hour, day of month, month, day of
 * week, as in crontab(5)), and the IANA zone in which it is meant.
 */
export interface Schedule {
  cron: string;
  timeZone?: string | undefined;
}

const cron = z.string().trim().refine(isCronExpression, 'is no cron expression of five fields');

/** A schedule as it is written in YAML: the expression alone, or a map with the zone. */
export const scheduleSchema = z
  .union([cron, z.strictObject({ cron, timeZone: z.string().optional() })])
  .transform((given): Schedule => (typeof given === 'string' ? { cron: given } : given));

/** What crontab(5) has; cron-parser would also take letters such as H, whose time is another one at each reading. */
const cronPart = /^(\d+|[a-z]{3}|(\*|\d+-\d+|[a-z]{3}-[a-z]{3})(\/\d+)?)$/i;

function isCronExpression(text: string): boolean {
  const fields = text.split(/[ \t]+/);
  if (fields.length !== 5 || !fields.every((field) => field.split(',').every((part) => cronPart.test(part))))
    return false;
  try {
    CronExpressionParser.parse(text, { tz: 'UTC' }).next();
    return true;
  } catch {
    // The parser says what is wrong by throwing; that it is wrong is the answer here.
    return false;
  }
}

/** A site to be read, as written in `crawlers/sources.yaml`. */
export const sourceSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'use lower-case letters, digits and hyphens, at most 63'),
  spider: z.string().min(1),
  startUrls: z.array(z.url({ protocol: /^https?$/ })).min(1),
  /** IANA zone in which the site's naive times are meant. */
  timeZone: z.string().optional(),
  /** ISO 3166-1 alpha-2; how local telephone numbers and addresses are read. */
  country: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  /** Hosts that may be read besides those of the start URLs. */
  allowedHosts: z.array(z.string().min(1)).default([]),
  limits: z
    .strictObject({
      pages: z.int().min(1).default(1000),
      depth: z.int().min(0).max(100).default(3),
      requestsPerSecond: z.number().positive().default(2),
      concurrency: z.int().min(1).max(64).default(2),
      ...retryLimits,
    })
    .prefault({}),
  respectRobotsTxt: z.boolean().default(true),
  /** When workers crawl it; without one it is crawled by hand only. In `timeZone` unless it names its own. */
  schedule: scheduleSchema.optional(),
});

export type Source = z.infer<typeof sourceSchema>;

/** What the pipelines need to know of where items come from. */
export type ItemSource = Pick<Source, 'name' | 'timeZone' | 'country'>;

/** The sources that the project reads, unless `--sources=FILE` names others. */
export const sourcesFile = path.join(import.meta.dirname, '../../crawlers/sources.yaml');

/** The hosts that a source may be read from: those of its start URLs and those it names, with and without "www.". */
export class AllowedHosts {
  readonly #hosts = new Set<string>();

  constructor(source: Pick<Source, 'startUrls' | 'allowedHosts'>) {
    for (const url of source.startUrls) this.#hosts.add(bareHost(new URL(url).host));
    for (const host of source.allowedHosts) this.#hosts.add(bareHost(host.toLowerCase()));
  }

  /** False for other schemes too: an address can be swapped for a file or a socket by a redirect. */
  allows(url: URL): boolean {
    return (url.protocol === 'http:' || url.protocol === 'https:') && this.#hosts.has(bareHost(url.host));
  }
}

function bareHost(host: string): string {
  return host.replace(/^www\./, '');
}
