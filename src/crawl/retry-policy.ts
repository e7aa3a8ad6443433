import { z } from 'zod';

/**
 * What the crawler does when a request fails: which failures are tried again, how often and when, and how long a host
 * is left alone. The numbers of a source are fields of its `limits` in `sources.yaml`.
 */

/** The fields of a source's `limits` that say how it is tried again. Times are in seconds. */
export const retryLimits = {
  /** How often a page is tried again after a failure that may pass. */
  retries: z.int().min(0).max(10).default(3),
  /** The time before the first retry of a page; doubled for each further one. */
  retryDelay: z.number().min(0).max(60).default(0.5),
  /** How long a host is left alone that answers 429 or 503 without saying for how long. */
  pauseOn429: z.number().min(0).max(3600).default(1),
  /** The most that a host may ask for in Retry-After and similar headers. */
  maxRetryAfter: z.number().min(0).max(3600).default(120),
};

export type RetryLimits = z.infer<z.ZodObject<typeof retryLimits>>;

/** The limits where a source sets none. */
export const defaultRetryLimits: RetryLimits = z.object(retryLimits).parse({});

/** Time limits of one request, in milliseconds. A request that exceeds one is a failure that may pass. */
export const timeouts = { connect: 10_000, headers: 30_000, body: 60_000 };

/** The longest time before a retry, however often it was doubled, in milliseconds. */
const longestDelay = 300_000;

/**
 * Before the second and the third attempt at a robots.txt, in milliseconds. All pages of the host wait for it, so it
 * is given up sooner than a page.
 */
const robotsDelays = [500, 2000];

/** What can fail, and whether another attempt may succeed. */
const mayPass = {
  /** Connection refused or reset, unknown host, no headers in time. */
  'no-answer': true,
  /** The body broke off, did not arrive in time, or is damaged. */
  'broken-body': true,
  /** 429 or 503: the host asks for a pause. */
  overload: true,
  /** Any other 5xx. */
  'server-error': true,
  /** Any other status that is neither success nor redirect: 404, 403, 410 … */
  refusal: false,
  /** Too many redirects, or one to something that is not an address. */
  redirect: false,
  /** More bytes than are read. */
  'large-body': false,
  /** A content encoding that is unknown, or applied too often. */
  encoding: false,
  /** The host is closed for this run: its robots.txt was tried again already. */
  'robots-unreadable': false,
  /** What an archive holds stays as it is. */
  archive: false,
} as const;

export type Failure = keyof typeof mayPass;

/** Whether a page is tried again after this failure. */
export function isRetried(failure: Failure): boolean {
  return mayPass[failure];
}

/** The failure that a status code means, where it is neither success nor redirect. */
export function failureOf(statusCode: number): Failure {
  if (statusCode === 429 || statusCode === 503) return 'overload';
  return statusCode >= 500 ? 'server-error' : 'refusal';
}

/** The status and the headers of a response; header names in lower case. */
export interface Answer {
  statusCode: number;
  header(name: string): string | undefined;
}

/** The policy of one source. All times that come out are in milliseconds. */
export class RetryPolicy {
  readonly #limits: RetryLimits;

  constructor(limits: RetryLimits) {
    this.#limits = limits;
  }

  /** How often a page is tried again. */
  get retries(): number {
    return this.#limits.retries;
  }

  /** @param retry which retry of the page it is, from 1 */
  delayBefore(retry: number): number {
    return Math.min(this.#limits.retryDelay * 1000 * 2 ** Math.max(retry - 1, 0), longestDelay);
  }

  /** How long the host is left alone after this response; null where it did not ask for a pause. */
  pauseAfter(answer: Answer): number | null {
    if (failureOf(answer.statusCode) !== 'overload') return null;
    return this.#requestedWait(answer) ?? this.#limits.pauseOn429 * 1000;
  }

  /**
   * The time before the next attempt at a robots.txt.
   *
   * @param attempts how many have failed
   * @param answer the last response; null where there was none
   * @returns null when there is to be no further attempt
   */
  robotsDelay(attempts: number, answer: Answer | null): number | null {
    const usual = robotsDelays[attempts - 1];
    if (usual === undefined) return null;
    const isOverload = answer !== null && failureOf(answer.statusCode) === 'overload';
    return (isOverload ? this.#requestedWait(answer) : null) ?? usual;
  }

  #requestedWait(answer: Answer): number | null {
    const wait = requestedWait((name) => answer.header(name), Date.now());
    return wait === null ? null : Math.min(wait, this.#limits.maxRetryAfter * 1000);
  }
}

/**
 * Headers that say when to ask again, the most authoritative first: only the first that is present counts, even when it
 * cannot be read. The last ones are those of Symfony, GitHub and Twitter.
 */
const waitHeaders = [
  { name: 'retry-after', mayBeTimestamp: false },
  { name: 'ratelimit-reset', mayBeTimestamp: true },
  { name: 'x-ratelimit-retry-after', mayBeTimestamp: false },
  { name: 'x-ratelimit-reset', mayBeTimestamp: true },
  { name: 'x-rate-limit-reset', mayBeTimestamp: true },
];

/** From here on (2001-09-09) a number of seconds is a Unix time; nobody asks for a pause of 32 years. */
const firstTimestamp = 1_000_000_000;

/**
 * How long a response asks to wait: Retry-After (RFC 9110, 10.2.3) in seconds or as an HTTP-date, else one of the
 * headers of rate limiters, which also give Unix times.
 *
 * @param now milliseconds since 1970
 * @returns milliseconds from 0; null where no header says so, or the one that counts cannot be read
 */
export function requestedWait(header: Answer['header'], now: number): number | null {
  for (const { name, mayBeTimestamp } of waitHeaders) {
    const value = header(name)?.trim();
    if (value === undefined) continue;
    const time = /^\d+$/.test(value) ? secondsFrom(Number(value), mayBeTimestamp, now) : httpDate(value, now);
    return time === null ? null : Math.max(time - now, 0);
  }
  return null;
}

function secondsFrom(seconds: number, mayBeTimestamp: boolean, now: number): number {
  return mayBeTimestamp && seconds >= firstTimestamp ? seconds * 1000 : now + seconds * 1000;
}

const rfc850 =
  /^((?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day), (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d:\d\d:\d\d) GMT$/;
const asctime = /^([A-Z][a-z]{2}) ([A-Z][a-z]{2}) ([\d ]\d) (\d\d:\d\d:\d\d) (\d{4})$/;

/** An HTTP-date in any of its three forms (RFC 9110, 5.6.7), as milliseconds since 1970; null for all other text. */
function httpDate(text: string, now: number): number | null {
  const imfFixdate = text
    .replace(
      asctime,
      (_, weekday, month, day, time, year) =>
        `${weekday}, ${day.replace(' ', '0')} ${month} ${year} ${time} GMT`,
    )
    .replace(
      rfc850,
      (_, weekday, day, month, year, time) =>
        `${weekday.slice(0, 3)}, ${day} ${month} ${fullYear(Number(year), now)} ${time} GMT`,
    );
  const time = Date.parse(imfFixdate);
  // Date.parse takes much more than HTTP-dates, and shifts days that do not exist: only what it gives back is one.
  return new Date(time).toUTCString() === imfFixdate ? time : null;
}

/** The latest year with these last two digits that is not more than 50 years in the future. */
function fullYear(digits: number, now: number): number {
  const latest = new Date(now).getUTCFullYear() + 50;
  return latest - ((((latest - digits) % 100) + 100) % 100);
}
