import type { ItemSource } from '../../src/crawl/source.ts';
import type { Item, Thing } from '../../src/extract/item.ts';
import { isThing, propertyValues, textOf } from '../../src/extract/thing-properties.ts';
import { splitLocation } from '../../src/normalise/address.ts';
import { type Event, eventDefinition } from '../../src/records/index.ts';
import { readItem } from '../../src/records/reading/index.ts';
import { type PlaceValues, readPlace } from './read-place.ts';
import type { ReadResult } from './reject-items.ts';

type Needed = 'name' | 'startDate' | 'timeZone' | 'allDay' | 'timeKnown';

/** What an item says about an event; what it does not say is absent and leaves the record as it is. */
export type EventValues = Pick<Event, Needed> & Partial<Pick<Event, keyof typeof eventDefinition.fields>>;

export interface EventReading {
  event: EventValues;
  /** Where it happens, if the item says so and it can be read. */
  venue: PlaceValues | null;
}

/** Validates and normalises an event. It must have a name and a start in a known time zone. */
export function readEvent(item: Item, pageUrl: string, source: ItemSource): ReadResult<EventReading> {
  const { thing, syntax } = item;
  const venue = readVenue(thing, source);
  const placeTimeZone = venue?.timeZone ?? null;
  const { values, reasons } = readItem(eventDefinition, { thing, syntax, pageUrl, source, placeTimeZone });
  const { name, startDate, timeZone, allDay, timeKnown } = values;
  const isWhole = name !== undefined && startDate !== undefined && timeZone !== undefined;
  if (!isWhole || allDay === undefined || timeKnown === undefined || reasons.length > 0)
    return { ok: false, reasons };
  return { ok: true, values: { event: { ...values, name, startDate, timeZone, allDay, timeKnown }, venue } };
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
  for (const location of propertyValues(thing, 'location')) {
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
