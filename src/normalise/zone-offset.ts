interface Span {
  /** First instant of the span, in epoch milliseconds. */
  from: number;
  /** First instant after the span. */
  to: number;
  /** Local minus UTC, in milliseconds. */
  offset: number;
}

const spansOfZone = new Map<string, Span[]>();
/** Spans remembered per zone: two a year for a century. Hostile dates may not grow it further. */
const maxSpans = 200;

/**
 * How far a zone's clocks are ahead of UTC at an instant, in milliseconds (negative west of Greenwich).
 * Asking Temporal costs about a microsecond each time, so the stretches between two changes are remembered.
 *
 * @param zone an IANA name that `normaliseTimeZone` has accepted
 * @param epochMilliseconds the instant
 */
export function zoneOffset(zone: string, epochMilliseconds: number): number {
  let spans = spansOfZone.get(zone);
  if (spans === undefined) {
    spans = [];
    spansOfZone.set(zone, spans);
  }
  for (const span of spans) {
    if (epochMilliseconds >= span.from && epochMilliseconds < span.to) return span.offset;
  }
  const span = findSpan(zone, epochMilliseconds);
  if (spans.length >= maxSpans) spans.length = 0;
  spans.push(span);
  return span.offset;
}

function findSpan(zone: string, epochMilliseconds: number): Span {
  const moment = Temporal.Instant.fromEpochMilliseconds(epochMilliseconds).toZonedDateTimeISO(zone);
  // One step on, because a change exactly now begins the span and "previous" would skip it.
  const previous = moment.add({ nanoseconds: 1 }).getTimeZoneTransition('previous');
  const next = moment.getTimeZoneTransition('next');
  return {
    from: previous === null ? Number.NEGATIVE_INFINITY : previous.epochMilliseconds,
    to: next === null ? Number.POSITIVE_INFINITY : next.epochMilliseconds,
    offset: moment.offsetNanoseconds / 1e6,
  };
}
