import { RRuleTemporal } from 'rrule-temporal';

/** The stretch of wall-clock time that instances are wanted for, both ends included. */
export interface RecurrenceWindow {
  from: Temporal.PlainDateTime;
  to: Temporal.PlainDateTime;
}

export interface ExpandedRule {
  instances: Temporal.PlainDateTime[];
  /** Whether there are more instances than were wanted. */
  cut: boolean;
  /** Why the rule could not be expanded; null when it could. */
  failure: string | null;
}

/** A rule that needs more steps than this is given up: the library would go on for seconds. */
const maxIterations = 10_000;
const maxCandidates = 200_000;

/** Repetitions in a day beyond which the window is shortened, so that no list of millions is ever made. */
const maxPerDay = 24;

/**
 * Expands a recurrence rule (RFC 5545 §3.3.10) in wall-clock time: each instance shows the same time of
 * day, whatever the zone's offset is then. Counting in UTC and reading the result as wall-clock time does
 * that, and is the library's fast path.
 *
 * @param rule value of an RRULE property
 * @param start DTSTART; it counts as the first instance only if the rule yields it
 * @param until end of the rule in the same wall-clock time, included; null to go on as the rule says
 * @param limit greatest number of instances
 */
export function expandRule(
  rule: string,
  start: Temporal.PlainDateTime,
  until: Temporal.PlainDateTime | null,
  window: RecurrenceWindow,
  limit: number,
): ExpandedRule {
  const parts = ruleParts(rule);
  const perDay = mostPerDay(parts);
  const from = Temporal.PlainDateTime.compare(start, window.from) > 0 ? start : window.from;
  const count = Number(parts.get('COUNT') ?? Number.POSITIVE_INFINITY);
  const dense = perDay > maxPerDay && count > limit;
  const to = dense ? earlier(window.to, from.add({ seconds: secondsFor(limit, perDay) })) : window.to;
  if (Temporal.PlainDateTime.compare(from, to) > 0) return { instances: [], cut: false, failure: null };
  parts.delete('UNTIL');
  if (count > mostBetween(start, to, perDay)) parts.delete('COUNT');
  try {
    const rrule = new RRuleTemporal({
      rruleString: `RRULE:${[...parts].map(([name, value]) => `${name}=${value}`).join(';')}`,
      dtstart: asUtc(start),
      ...(until === null ? {} : { until: asUtc(until) }),
      maxIterations,
      maxCandidateEvaluations: maxCandidates,
      cache: false,
    });
    const found = rrule.between(asUtc(from), asUtc(to), true);
    const instances = found.slice(0, limit).map((instance) => wallTime(instance.toString()));
    return { instances, cut: found.length > limit || dense, failure: null };
  } catch (error) {
    return { instances: [], cut: false, failure: error instanceof Error ? error.message : String(error) };
  }
}

/** The parts of a rule by name, in upper case. */
export function ruleParts(rule: string): Map<string, string> {
  const parts = new Map<string, string>();
  for (const part of rule.toUpperCase().split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) parts.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  return parts;
}

const perDayOf: Readonly<Record<string, number>> = { SECONDLY: 86_400, MINUTELY: 1_440, HOURLY: 24 };

/** The lists that multiply the instances of a period; of a shorter period they only pick some. */
const multipliers: Readonly<Record<string, readonly string[]>> = {
  SECONDLY: [],
  MINUTELY: ['BYSECOND'],
  HOURLY: ['BYMINUTE', 'BYSECOND'],
};

/** An upper bound, good enough to tell a weekly class from a ticking clock. */
function mostPerDay(parts: ReadonlyMap<string, string>): number {
  const interval = Math.max(1, Number(parts.get('INTERVAL') ?? 1) || 1);
  const frequency = parts.get('FREQ') ?? '';
  const lists = multipliers[frequency] ?? ['BYHOUR', 'BYMINUTE', 'BYSECOND'];
  const perPeriod = lists.reduce((product, name) => product * (parts.get(name)?.split(',').length ?? 1), 1);
  return Math.min(((perDayOf[frequency] ?? 1) / interval) * perPeriod, 86_400);
}

/** A COUNT beyond this is never reached; without it the library may jump ahead in place of counting up. */
function mostBetween(start: Temporal.PlainDateTime, to: Temporal.PlainDateTime, perDay: number): number {
  const days = start.until(to, { largestUnit: 'days' }).days + 2;
  return days * Math.max(1, perDay);
}

function secondsFor(limit: number, perDay: number): number {
  return Math.ceil((limit * 86_400) / perDay);
}

function earlier(a: Temporal.PlainDateTime, b: Temporal.PlainDateTime): Temporal.PlainDateTime {
  return Temporal.PlainDateTime.compare(a, b) < 0 ? a : b;
}

/** The library brings its own Temporal and takes any object that writes itself as RFC 9557 text. */
function asUtc(wall: Temporal.PlainDateTime): Temporal.ZonedDateTime {
  return wall.toZonedDateTime('UTC');
}

function wallTime(text: string): Temporal.PlainDateTime {
  return Temporal.ZonedDateTime.from(text).toPlainDateTime();
}
