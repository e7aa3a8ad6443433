import type { PropertyValue, Thing } from '../../extract/item.ts';
import { addressesOf, propertyValues, textOf, textsOf, thingsOf } from '../../extract/thing-properties.ts';
import { normaliseAggregateRating } from '../../normalise/aggregate-rating.ts';
import { normaliseCategories } from '../../normalise/categories.ts';
import { normaliseCountry } from '../../normalise/country.ts';
import {
  normaliseAttendanceMode,
  normaliseEventStatus,
  statusFromName,
} from '../../normalise/event-status.ts';
import { normaliseOpeningHours } from '../../normalise/opening-hours.ts';
import { normaliseCurrency, normalisePrice } from '../../normalise/prices.ts';
import { normaliseTelephone } from '../../normalise/telephone.ts';
import { normaliseMultilineText, normaliseText } from '../../normalise/text.ts';
import { normaliseEmail, normaliseUrl } from '../../normalise/web.ts';
import { normaliseTimeZone, timeZoneOfPlace } from '../../normalise/zones.ts';
import type { Field, FieldSource, ReaderName, TextFormat } from '../field.ts';
import type { RejectionReason } from '../sources.ts';

/** An item that is read into a record, and what is known of where it comes from. */
export interface ReadContext {
  readonly thing: Thing;
  /** What the item was written in: 'json-ld', else the name of the reader that found it. */
  readonly syntax: string;
  /** Of the page that the item is on; null for an item inside another one. */
  readonly pageUrl: string | null;
  readonly source: { readonly timeZone?: string | undefined; readonly country?: string | undefined };
  /** IANA zone of the place where an event is; null when it has none or it is not known. */
  readonly placeTimeZone: string | null;
  /** What the same item says in another field; null when it says nothing, or something else than a text. */
  readonly text: (field: string) => string | null;
  readonly number: (field: string) => number | null;
  /** Notes why the item cannot become a record. */
  readonly reject: (reason: RejectionReason) => void;
}

/** What reads a field that is more than the value of one property; null or an empty list: the item is silent. */
export interface FieldReader {
  readonly read: (context: ReadContext, maxLength: number, source: FieldSource) => unknown;
  /** The properties that state a cell of an imported row, where that is more than the value of the first one. */
  readonly state?: (cell: unknown, source: FieldSource) => Readonly<Record<string, unknown>>;
  /** Whether a value of an imported row can be read, where that is not: whether each of its entries can. */
  readonly accepts?: (value: unknown) => boolean;
}

/** The normaliser of each way to write a text: null for what it cannot be. */
export const formats: Readonly<
  Record<TextFormat, (text: string, maxLength: number, country: string | null) => string | null>
> = {
  line: normaliseText,
  paragraphs: normaliseMultilineText,
  webAddress: (text) => normaliseUrl(text),
  email: normaliseEmail,
  telephone: (text, _maxLength, country) => normaliseTelephone(text, country),
  country: normaliseCountry,
  currency: normaliseCurrency,
  timeZone: normaliseTimeZone,
};

/** The value of a property as a field's type and format say; null, or an empty list, when there is none. */
export function readProperty(
  { type, format, maxLength, maxEntries }: Field<unknown>,
  property: string,
  { thing, text, source }: ReadContext,
): unknown {
  if (type === 'flag') return readFlag(thing[property]);
  if (format === null) throw new TypeError(`A ${type} has no reader of its own: name one, by: …`);
  const country = text('addressCountry') ?? source.country ?? null;
  const texts = format === 'webAddress' ? addressesOf(thing, property) : textsOf(thing, property);
  const normalise = (each: string) => formats[format](each, maxLength ?? 0, country);
  if (type !== 'list') {
    // The first address that can be used; of a text, the first.
    const tried = format === 'webAddress' ? texts : texts.slice(0, 1);
    return tried.map(normalise).find((each) => each !== null) ?? null;
  }
  const read = texts.map(normalise).filter((each) => each !== null);
  const entries = format === 'webAddress' ? [...new Set(read)] : read;
  return entries.slice(0, maxEntries ?? 0);
}

/**
 * Whether a value that a person states can be read into a field without a loss: what is too long cannot.
 *
 * @param country ISO 3166-1 alpha-2, for what is written without one
 */
export function accepts(field: Field<unknown>, value: unknown, country: string | null): boolean {
  const own = field.source?.by === undefined ? undefined : fieldReaders[field.source.by].accepts;
  if (own !== undefined) return own(value);
  const { type, format, maxEntries } = field;
  if (type === 'flag') return typeof value === 'boolean';
  if (type === 'number') return Math.abs(Number(value)) <= (field.maximum ?? 0);
  if (type === 'decimal') return normalisePrice(value) !== null;
  // A start that cannot be read is a reason to refuse the row, which the pipeline gives.
  if (type === 'moment') return field.isNeeded || !Number.isNaN(Date.parse(String(value)));
  if (format === null) return true;
  const fits = (each: unknown) => {
    const text = formats[format](String(each), Number.POSITIVE_INFINITY, country);
    return text !== null && text.length <= (field.maxLength ?? 0);
  };
  return Array.isArray(value) ? value.length <= (maxEntries ?? 0) && value.every(fits) : fits(value);
}

function readFlag(value: PropertyValue | undefined): boolean | null {
  const [first] = Array.isArray(value) ? value : [value];
  if (typeof first === 'boolean') return first;
  const word =
    typeof first === 'string'
      ? first
          .trim()
          .toLowerCase()
          .replace(/^https?:\/\/schema\.org\//, '')
      : '';
  return ['true', 'yes'].includes(word) ? true : ['false', 'no'].includes(word) ? false : null;
}

/** Types that say no more than that it is a place. */
const plainTypes = new Set(['Place', 'LocalBusiness', 'Thing', 'Organization', 'CivicStructure']);

export const fieldReaders: Readonly<Record<ReaderName, FieldReader>> = {
  placeName: {
    read({ thing, text, reject }, maxLength) {
      const name = normaliseText(textOf(thing, 'name') ?? '', maxLength) ?? text('streetAddress');
      if (name === null) {
        const message = 'A place needs a name or a street address; the page gives neither.';
        reject({ code: 'NAME_MISSING', field: 'name', message });
      }
      return name;
    },
  },

  placeTimeZone: {
    read({ thing, text, number, source }) {
      const stated = normaliseTimeZone(textOf(thing, 'timeZone') ?? '');
      const position = { latitude: number('latitude'), longitude: number('longitude') };
      const country = text('addressCountry');
      const found = stated ?? timeZoneOfPlace({ ...position, country });
      // Nothing is known of where a place without address and position is.
      const isSomewhere =
        position.latitude !== null ||
        ['streetAddress', 'addressLocality', 'addressRegion', 'postalCode'].some(
          (part) => text(part) !== null,
        );
      return found ?? (isSomewhere ? (source.timeZone ?? null) : null);
    },
  },

  categories: {
    read: ({ thing }, maxLength) =>
      normaliseCategories([
        ...thing['@type'].filter((type) => !plainTypes.has(type)),
        ...textsOf(thing, 'servesCuisine'),
        ...textsOf(thing, 'category'),
      ]).filter((category) => category.length <= maxLength),
    // What is too long for a category, or one too many, would be left out.
    accepts(value) {
      const given = [value].flat().filter((each) => typeof each === 'string' && each.trim() !== '');
      const distinct = new Set(given.map((each) => String(each).trim().toLowerCase()));
      return normaliseCategories(given).length >= distinct.size;
    },
  },

  openingHours: {
    read({ thing }) {
      const hours = [
        ...propertyValues(thing, 'openingHours'),
        ...propertyValues(thing, 'openingHoursSpecification'),
      ];
      return hours.length === 0 ? null : normaliseOpeningHours(hours);
    },
    // Lines such as "Mo closed" add nothing and are no mistake.
    accepts: (value) => normaliseOpeningHours([value].flat()) !== null,
  },

  aggregateRating: {
    read: ({ thing }) => normaliseAggregateRating(thing.aggregateRating),
    accepts: (value) => normaliseAggregateRating(value) !== null,
  },

  eventName: {
    read({ thing, reject }, maxLength) {
      const name = normaliseText(textOf(thing, 'name') ?? '', maxLength);
      if (name === null) {
        const message = 'An event needs a name; the page gives none.';
        reject({ code: 'NAME_MISSING', field: 'name', message });
      }
      return name;
    },
  },

  // An event on a page of its own is found there; a calendar is not the page of its entries.
  eventAddress: {
    read({ thing, syntax, pageUrl }) {
      const own = addressesOf(thing, 'url').map((address) => normaliseUrl(address));
      const page = syntax === 'icalendar' || pageUrl === null ? null : normaliseUrl(pageUrl);
      return own.find((address) => address !== null) ?? page;
    },
    accepts: (value) => typeof value === 'string' && normaliseUrl(value) !== null,
  },

  eventStatus: {
    read({ thing, text }) {
      const inName = statusFromName(text('name') ?? '').status;
      if (inName !== null) return inName;
      return thing.eventStatus === undefined ? null : normaliseEventStatus(thing.eventStatus);
    },
    accepts: () => true,
  },

  attendanceMode: {
    read({ thing }) {
      if (thing.eventAttendanceMode !== undefined) return normaliseAttendanceMode(thing.eventAttendanceMode);
      const locations = thingsOf(thing, 'location');
      const isOnline = (location: Thing) => location['@type'].includes('VirtualLocation');
      return locations.length > 0 && locations.every(isOnline) ? 'OnlineEventAttendanceMode' : null;
    },
    accepts: (value) => normaliseAttendanceMode(value) !== null,
  },

  series: {
    read({ thing }, maxLength) {
      const ofInstance = thing.recurrenceId === undefined ? null : textOf(thing, 'identifier');
      return normaliseText(textOf(thing, 'superEvent') ?? ofInstance ?? '', maxLength);
    },
  },

  // "amenityFeature": [{ "@type": "LocationFeatureSpecification", "name": "Wheelchair accessible", "value": true }]
  amenity: {
    read({ thing }, _maxLength, { properties, matching = '' }) {
      const [property, ...direct] = properties;
      const pattern = new RegExp(matching, 'i');
      const features = thingsOf(thing, property).filter((feature) =>
        pattern.test(textOf(feature, 'name') ?? ''),
      );
      const said = [...features.map(({ value = true }) => value), ...direct.map((name) => thing[name])].map(
        readFlag,
      );
      return said.find((value) => value !== null) ?? null;
    },
    state: (cell, { properties: [property], matching = '' }) => ({
      [property]: [{ '@type': ['LocationFeatureSpecification'], name: matching, value: cell }],
    }),
  },
};
