import { z } from 'zod';
import { scheduleSchema } from './schedule.ts';

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
    })
    .prefault({}),
  respectRobotsTxt: z.boolean().default(true),
  /** When workers crawl it; without one it is crawled by hand only. In `timeZone` unless it names its own. */
  schedule: scheduleSchema.optional(),
});

export type Source = z.infer<typeof sourceSchema>;

/** What the pipelines need to know of where items come from. */
export type ItemSource = Pick<Source, 'name' | 'timeZone' | 'country'>;
