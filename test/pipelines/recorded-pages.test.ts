import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type EventReading, readEvent } from '../../pipelines/steps/read-event.ts';
import { readPage } from '../../src/extract/read-page.ts';
import { testSource } from '../helpers/pipeline-runner.ts';

const corpus = path.resolve(import.meta.dirname, '../../../shared/corpora/events/city-scrapers');
const present = existsSync(path.join(corpus, 'structured.jsonl'));

const caseSchema = z.object({
  case: z.string(),
  structured: z.array(z.string()),
  pages: z.array(
    z.object({ file: z.string(), url: z.string(), contentType: z.string(), recorded: z.string() }),
  ),
  clock: z.string().nullable(),
  timeZone: z.string(),
  expect: z.array(
    z.object({ item: z.union([z.number(), z.literal('*')]), field: z.string(), value: z.unknown() }),
  ),
});
type RecordedCase = z.infer<typeof caseSchema>;

const readable = ['json-ld-event', 'microdata-event', 'ics'];
/** Names that the original reader made up for the body; the page itself calls the event this. */
const namesOnPage: Record<string, string> = {
  cook_housing: 'Housing Authority of Cook County Board Meeting',
};

function recordedCases(): RecordedCase[] {
  const lines = readFileSync(path.join(corpus, 'structured.jsonl'), 'utf8').trim().split('\n');
  return lines
    .map((line) => caseSchema.parse(JSON.parse(line)))
    .filter(({ structured }) => structured.some((kind) => readable.includes(kind)));
}

function eventsOf(recorded: RecordedCase): EventReading[] {
  const source = testSource({ timeZone: recorded.timeZone });
  return recorded.pages.flatMap(({ file, url, contentType, recorded: day }) => {
    const now = Temporal.Instant.from(`${recorded.clock ?? `${day}T00:00:00`}Z`);
    const body = readFileSync(path.join(corpus, file));
    return readPage({ body, contentType, url }, { now }).items.flatMap((item) => {
      const reading = item.kind === 'event' ? readEvent(item, url, source) : null;
      return reading?.ok ? [reading.values] : [];
    });
  });
}

/** Local time, or the day alone where the event has no time. */
function local(event: EventReading['event'], date: Date | null | undefined): string | null {
  if (!date) return null;
  const wall = date.toTemporalInstant().toZonedDateTimeISO(event.timeZone).toPlainDateTime();
  return event.timeKnown ? wall.toString({ smallestUnit: 'second' }) : wall.toPlainDate().toString();
}

const words = (value: unknown) =>
  String(value ?? '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Fields of the first expected item that are found, by field. */
function score(recorded: RecordedCase): Record<string, boolean> {
  const wanted = Object.fromEntries(
    recorded.expect
      .filter(({ item }) => item === 0 || item === '*')
      .map(({ field, value }) => [field, value]),
  );
  const events = eventsOf(recorded);
  const startsRight = ({ event }: EventReading) =>
    String(wanted.startDate).startsWith(local(event, event.startDate) ?? '-');
  const reading = events.find(startsRight) ?? events[0];
  if (reading === undefined) return { name: false, startDate: false };
  const { event, venue } = reading;
  const place = words(
    [venue?.name, venue?.streetAddress, venue?.addressLocality, venue?.postalCode].join(' '),
  );
  const end = local(event, event.endDate);
  return {
    name: words(event.name).includes(words(namesOnPage[recorded.case] ?? wanted.name)),
    startDate: startsRight(reading),
    ...(typeof wanted.endDate === 'string' && { endDate: end !== null && wanted.endDate.startsWith(end) }),
    ...(wanted.allDay === false && { allDay: event.allDay === false }),
    ...(wanted.location !== undefined && {
      location:
        words(JSON.stringify(wanted.location))
          .split(' ')
          .filter((word) => place.includes(word)).length >= 3,
    }),
  };
}

describe.skipIf(!present)('recorded pages of public bodies (skipped where ../shared is not there)', () => {
  const cases = present ? recordedCases() : [];

  test.each(cases)('$case yields its event with name and start right', (recorded) => {
    expect(score(recorded)).toMatchObject({ name: true, startDate: true });
  });

  test('as many values are found per field as before', () => {
    const found: Record<string, string> = {};
    const scores = cases.map(score);
    for (const field of ['name', 'startDate', 'endDate', 'allDay', 'location']) {
      const stated = scores.filter((one) => field in one);
      found[field] = `${stated.filter((one) => one[field]).length} of ${stated.length}`;
    }
    expect(found).toEqual({
      name: '15 of 15',
      startDate: '15 of 15',
      // Eight of the pages do not say in their markup when the event ends.
      endDate: '7 of 15',
      allDay: '13 of 14',
      location: '12 of 14',
    });
  });
});
