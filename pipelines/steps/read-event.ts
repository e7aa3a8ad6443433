import type { ItemSource } from '../../src/crawl/source.ts';
import type { Item, Thing } from '../../src/extract/item.ts';
import {
  addressesOf,
  isThing,
  textOf,
  textsOf,
  thingsOf,
  valuesOf,
} from '../../src/extract/thing-properties.ts';
import { splitLocation } from '../../src/normalise/address.ts';
import {
  normaliseAttendanceMode,
  normaliseEventStatus,
  statusFromName,
} from '../../src/normalise/event-status.ts';
import { normaliseEventTime } from '../../src/normalise/event-time.ts';
import { normaliseOffers } from '../../src/normalise/prices.ts';
import { normaliseMultilineText, normaliseText } from '../../src/normalise/text.ts';
import type { Event } from '../../src/records/event.ts';
import type { RejectionReason } from '../../src/records/sources.ts';
import { firstUrl, type PlaceValues, readPlace, urls } from './read-place.ts';
import type { Reading } from './reject-items.ts';
import { said } from './thing-properties.ts';

/** What an item says about an event; what it does not say is absent and leaves the record as it is. */
export type EventValues = Pick<Event, 'name' | 'startDate' | 'timeZone' | 'allDay' | 'timeKnown'> &
  Partial<Pick<Event, EventField>>;

type EventField =
  | 'placeId'
  | 'endDate'
  | 'description'
  | 'url'
  | 'image'
  | 'sameAs'
  | 'identifier'
  | 'status'
  | 'attendanceMode'
  | 'organizer'
  | 'performers'
  | 'isAccessibleForFree'
  | 'lowPrice'
  | 'highPrice'
  | 'priceCurrency'
  | 'series';

export interface EventReading {
  event: EventValues;
  /** Where it happens, if the item says so and it can be read. */
  venue: PlaceValues | null;
}

const maxNameLength = 300;

/** Validates and normalises an event. It must have a name and a start in a known time zone. */
export function readEvent(item: Item, pageUrl: string, source: ItemSource): Reading<EventReading> {
  const { thing } = item;
  const reasons: RejectionReason[] = [];
  const name = normaliseText(textOf(thing, 'name') ?? '', maxNameLength);
  if (name === null) {
    reasons.push({
      code: 'NAME_MISSING',
      field: 'name',
      message: 'An event needs a name; the page gives none.',
    });
  }
  const venue = readVenue(thing, source);
  const time = normaliseEventTime({
    startDate: textOf(thing, 'startDate') ?? '',
    endDate: textOf(thing, 'endDate'),
    timeZone: source.timeZone ?? venue?.timeZone ?? null,
  });
  if (!time.ok) reasons.push({ code: time.reason, field: 'startDate', message: time.message });
  if (name === null || !time.ok) return { ok: false, reasons };

  const { lowPrice, highPrice, priceCurrency, isFree } = normaliseOffers(
    thing.offers,
    thing.isAccessibleForFree,
  );
  const { startDate, endDate, timeZone, allDay, timeKnown } = time.value;
  const event: EventValues = {
    name,
    startDate,
    timeZone,
    allDay,
    timeKnown,
    ...said({
      endDate,
      description: normaliseMultilineText(textOf(thing, 'description') ?? '', 10_000),
      url: firstUrl(addressesOf(thing, 'url')) ?? (item.syntax === 'icalendar' ? null : firstUrl([pageUrl])),
      image: firstUrl(addressesOf(thing, 'image')),
      sameAs: urls(addressesOf(thing, 'sameAs')),
      identifier: normaliseText(textOf(thing, 'identifier') ?? '', 200),
      status: readStatus(thing, name),
      attendanceMode: readAttendanceMode(thing),
      organizer: normaliseText(textOf(thing, 'organizer') ?? '', maxNameLength),
      performers: textsOf(thing, 'performer')
        .map((performer) => normaliseText(performer, maxNameLength))
        .filter((performer) => performer !== null)
        .slice(0, 50),
      isAccessibleForFree: isFree,
      series: readSeries(thing),
    }),
    // A price range is taken whole: a new low price beside an old high one would be wrong.
    ...(lowPrice === null && highPrice === null ? {} : { lowPrice, highPrice, priceCurrency }),
  };
  return { ok: true, values: { event, venue } };
}

/** The status that is stated, in the name or as a property; null when nothing is said. */
function readStatus(thing: Thing, name: string): Event['status'] | null {
  const inName = statusFromName(name).status;
  if (inName !== null) return inName;
  return thing.eventStatus === undefined ? null : normaliseEventStatus(thing.eventStatus);
}

function readAttendanceMode(thing: Thing): Event['attendanceMode'] {
  if (thing.eventAttendanceMode !== undefined) return normaliseAttendanceMode(thing.eventAttendanceMode);
  const locations = thingsOf(thing, 'location');
  const isOnline = (location: Thing) => location['@type'].includes('VirtualLocation');
  return locations.length > 0 && locations.every(isOnline) ? 'OnlineEventAttendanceMode' : null;
}

function readSeries(thing: Thing): string | null {
  const series =
    textOf(thing, 'superEvent') ?? (thing.recurrenceId === undefined ? null : textOf(thing, 'identifier'));
  return series === null ? null : normaliseText(series, maxNameLength);
}

const knownVenues = new Map<string, PlaceValues | null>();
const maxKnownVenues = 2_000;
/** In characters; longer ones are rare, and would fill the memory. */
const longestKnownVenue = 4_000;

/** Remembered by its text: the pages of a site name the same few venues again and again. */
function readVenue(thing: Thing, source: ItemSource): PlaceValues | null {
  if (thing.location === undefined) return null;
  const text = JSON.stringify([thing.location, source.country, source.timeZone]);
  if (text.length > longestKnownVenue) return firstVenue(thing, source);
  const known = knownVenues.get(text);
  if (known !== undefined) return known;
  if (knownVenues.size >= maxKnownVenues) knownVenues.clear();
  const venue = firstVenue(thing, source);
  knownVenues.set(text, venue);
  return venue;
}

/** The first location that is a place. Text is taken apart into a name and an address. */
function firstVenue(thing: Thing, source: ItemSource): PlaceValues | null {
  for (const location of valuesOf(thing, 'location')) {
    const place = isThing(location) ? location : locationFromText(location);
    if (place === null || place['@type'].includes('VirtualLocation')) continue;
    const reading = readPlace(withAddressFromName(place), source);
    if (reading.ok) return reading.values;
  }
  return null;
}

function locationFromText(location: unknown): Thing | null {
  return typeof location === 'string' ? { '@type': ['Place'], name: location } : null;
}

/** "City Hall, 121 N LaSalle St, Chicago" as the name of a place without an address, as in calendars. */
function withAddressFromName(place: Thing): Thing {
  const name = textOf(place, 'name');
  if (name === null || place.address !== undefined) return place;
  const { name: venue, address } = splitLocation(name);
  if (address === null) return place;
  return { ...place, name: venue, address };
}
