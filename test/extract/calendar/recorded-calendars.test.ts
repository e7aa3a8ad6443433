import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { readCalendar } from '../../../src/extract/calendar/icalendar.ts';
import type { Thing } from '../../../src/extract/item.ts';
import { cpuTimeOf } from '../../helpers/cpu-time.ts';
import { corpusCases, corpusFile, hasCorpus } from '../corpora.ts';

const now = Temporal.Instant.from('2026-05-01T00:00:00Z');

const file = z.object({ case: z.string(), file: z.string() });
const feed = file.extend({
  recorded: z.string(),
  text: z.object({ vevent: z.number(), rrule: z.number(), dateOnlyStart: z.number(), cancelled: z.number() }),
});
const calendarCase = file.extend({
  expect: z.array(
    z.object({ select: z.record(z.string(), z.unknown()), field: z.string(), value: z.unknown() }),
  ),
  expand: z.array(z.object({ from: z.string(), to: z.string(), instances: z.number() })).optional(),
});

describe.skipIf(!hasCorpus('calendars'))('recorded calendars (skipped where the corpora are missing)', () => {
  const feeds = hasCorpus('calendars')
    ? corpusCases('calendars/feeds.jsonl', (value) => feed.parse(value))
    : [];

  test('feeds without rules give one event for each VEVENT, days and cancellations counted', () => {
    const plain = feeds.filter(({ text }) => text.rrule === 0);
    expect(plain.length).toBeGreaterThan(40);
    for (const { case: name, file: path, text } of plain) {
      const { items, problems } = readCalendar(corpusFile(`calendars/${path}`).toString('utf8'), { now });
      const found = items.map(({ thing }) => thing);
      expect({
        name,
        vevent: found.length,
        dateOnlyStart: found.filter(({ startDate }) => /^\d{4}-\d\d-\d\d$/.test(String(startDate))).length,
        cancelled: found.filter(({ eventStatus }) => eventStatus === 'EventCancelled').length,
        unreadable: problems.filter(({ code }) => code !== 'calendar-zone-unknown'),
      }).toEqual({
        name,
        vevent: text.vevent,
        dateOnlyStart: text.dateOnlyStart,
        cancelled: text.cancelled,
        unreadable: [],
      });
    }
  });

  test('feeds with rules are read without a problem', () => {
    for (const { case: name, file: path, recorded } of feeds.filter(({ text }) => text.rrule > 0)) {
      const text = corpusFile(`calendars/${path}`).toString('utf8');
      const { items, problems } = readCalendar(text, { now: Temporal.Instant.from(`${recorded}Z`) });
      expect({ name, problems }).toEqual({ name, problems: [] });
      expect(items.length, name).toBeGreaterThan(0);
    }
  });

  test('hostile files are read in less than five seconds each', () => {
    for (const { case: name, file: path } of corpusCases('calendars/must-not-crash.jsonl', (value) =>
      file.parse(value),
    )) {
      const text = corpusFile(`calendars/${path}`).toString('latin1');
      expect(
        cpuTimeOf(() => readCalendar(text, { now })),
        name,
      ).toBeLessThan(5_000);
    }
  });

  test('expected names, starts, days, zones and states are found', () => {
    const wrong: string[] = [];
    let checked = 0;
    for (const sample of corpusCases('calendars/cases.jsonl', (value) => calendarCase.parse(value))) {
      const text = corpusFile(`calendars/${sample.file}`).toString('utf8');
      for (const { select, field, value } of sample.expect) {
        const read = reading(field);
        const things = select.recurrenceIdUtc === undefined ? eventsOf(text, select) : [];
        if (read === null || things.length === 0 || value === 'TENTATIVE' || floating.has(sample.case))
          continue;
        checked += 1;
        if (!things.some((thing) => same(read(thing), value))) {
          wrong.push(
            `${sample.case} ${JSON.stringify(select)} ${field}: ${read(things[0] ?? { '@type': [] })}, not ${value}`,
          );
        }
      }
      for (const { from, to, instances } of sample.expand ?? []) {
        const found = readCalendar(text, { now: Temporal.Instant.from(`${from}T00:00:00Z`) }).items;
        const days = found.map(({ thing }) => String(thing.startDate).slice(0, 10));
        expect(days.filter((day) => day >= from && day <= to)).toHaveLength(instances);
      }
    }
    expect(wrong).toEqual([]);
    expect(checked).toBeGreaterThan(30);
  });
});

/** Events that a case selects. The moment is laid at each event, so that old series are written out. */
function eventsOf(text: string, select: Readonly<Record<string, unknown>>): Thing[] {
  const year = /^DTSTART[^:]*:(\d{4})(\d{2})(\d{2})/m.exec(text);
  const start = year === null ? '2026-01-01' : `${year[1]}-${year[2]}-${year[3]}`;
  const { items } = readCalendar(text, { now: Temporal.Instant.from(`${start}T00:00:00Z`) });
  const things = items.map(({ thing }) => thing);
  if (select.first === true) return things.slice(0, 1);
  return things.filter(
    (thing) =>
      (select.uid === undefined || thing.identifier === select.uid) &&
      (select.summary === undefined || thing.name === select.summary),
  );
}

/** Floating times stay floating: which zone they are in is for the source to say. */
const floating = new Set(['node-ical-test_with_multiple_tzids_in_vtimezone']);

function reading(field: string): ((thing: Thing) => unknown) | null {
  switch (field) {
    case 'summary':
      return ({ name }) => name;
    case 'startUtc':
      return ({ startDate }) => instant(startDate)?.epochMilliseconds;
    case 'endUtc':
      return ({ endDate }) => instant(endDate)?.epochMilliseconds;
    case 'startUtcHour':
      return ({ startDate }) => instant(startDate)?.toZonedDateTimeISO('UTC').hour;
    case 'startDay':
      return ({ startDate }) => String(startDate).slice(0, 10);
    case 'endDay':
      return ({ endDate }) => Temporal.PlainDate.from(String(endDate)).add({ days: 1 }).toString();
    case 'allDay':
      return ({ startDate }) => !String(startDate).includes('T');
    case 'startTimeZone':
      return ({ startDate }) => /\[(.+)\]/.exec(String(startDate))?.[1];
    case 'status':
      return ({ eventStatus }) =>
        ({ EventCancelled: 'CANCELLED', EventScheduled: 'CONFIRMED' })[String(eventStatus)];
    case 'url':
      return ({ url }) => url;
    default:
      return null;
  }
}

function instant(date: unknown): Temporal.Instant | undefined {
  const text = String(date);
  if (text.endsWith('Z')) return Temporal.Instant.from(text);
  return text.endsWith(']') ? Temporal.ZonedDateTime.from(text).toInstant() : undefined;
}

function same(found: unknown, wanted: unknown): boolean {
  if (typeof found === 'number' && typeof wanted === 'string') {
    return found === Temporal.Instant.from(wanted).epochMilliseconds;
  }
  return String(found ?? null).trim() === String(wanted).trim();
}
