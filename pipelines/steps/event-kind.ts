import { Event, eventDefinition } from '../../src/records/index.ts';
import { comparisonKey, eventKeys, isSameEvent } from '../../src/records/match/index.ts';
import { comparable } from './comparable.ts';
import type { EventValues } from './read-event.ts';
import type { MatchedKind, RecordValues } from './record-kind.ts';

/** Events: the same when they agree in name, start and place. */
export const eventKind: MatchedKind<EventValues> = {
  kind: 'event',
  model: Event,
  foreignKey: 'event_id',
  definition: eventDefinition,

  keysOf(values, sourceName) {
    const { date, text } = comparable(values);
    const startDate = date('startDate');
    if (startDate === null) return [];
    return eventKeys({ name: text('name') ?? '', startDate, placeId: text('placeId'), sourceName });
  },

  isSame(values, record) {
    const { date, text } = comparable(record);
    const startDate = date('startDate');
    return (
      startDate !== null &&
      isSameEvent(
        { startDate: values.startDate, placeId: values.placeId ?? null },
        { startDate, placeId: text('placeId') },
      )
    );
  },

  // Pages of a calendar often give every instance of a series one address: another start is another event.
  isSameOccasion(values, record) {
    const startDate = comparable(record).date('startDate');
    return (
      startDate !== null &&
      (values.startDate.getTime() === startDate.getTime() ||
        isVaguer(values, record) ||
        isVaguer(record, values))
    );
  },

  // Renamed or moved, but not both at once: then the page shows its next event.
  canBecome(values, record) {
    const { date, text } = comparable(record);
    const startDate = date('startDate');
    const sameDay =
      startDate !== null &&
      localDay(startDate, values.timeZone) === localDay(values.startDate, values.timeZone);
    return sameDay || namesAgree(values.name, text('name') ?? '');
  },

  merge(record, values) {
    const merged: RecordValues = { ...record, ...(isVaguer(values, record) ? withoutTimes(values) : values) };
    const { date } = comparable(merged);
    const [start, end] = [date('startDate'), date('endDate')];
    // A new start may lie after the end that an earlier reading gave.
    if (start !== null && end !== null && end < start) merged.endDate = null;
    return merged;
  },
};

/** Whether the first gives only the day of what the second gives with its time. */
function isVaguer(first: object, second: object): boolean {
  const startDate = comparable(first).date('startDate');
  const knownStart = comparable(second).date('startDate');
  const timeZone = comparable(first).text('timeZone');
  if (startDate === null || knownStart === null || timeZone === null) return false;
  if (Reflect.get(first, 'timeKnown') !== false || Reflect.get(second, 'timeKnown') !== true) return false;
  return localDay(startDate, timeZone) === localDay(knownStart, timeZone);
}

/** Also when one is the other with a note: "CANCELLED: Spring Concert". */
function namesAgree(first: string, second: string): boolean {
  const [a, b] = [comparisonKey(first), comparisonKey(second)];
  return a.includes(b) || b.includes(a);
}

function localDay(instant: Date, timeZone: string): string {
  return instant.toTemporalInstant().toZonedDateTimeISO(timeZone).toPlainDate().toString();
}

function withoutTimes(values: Partial<EventValues>): Partial<EventValues> {
  const { startDate, endDate, allDay, timeKnown, timeZone, ...rest } = values;
  return rest;
}
