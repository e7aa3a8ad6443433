import { textOf, thingsOf } from '../../extract/thing-properties.ts';
import { normalisePostalAddress } from '../../normalise/address.ts';
import { normaliseCoordinates } from '../../normalise/coordinates.ts';
import { normaliseEventTime } from '../../normalise/event-time.ts';
import { normaliseOffers } from '../../normalise/prices.ts';
import type { JointReaderName } from '../field.ts';
import type { ReadContext } from './readers.ts';

type Values = Readonly<Record<string, unknown>>;

/** What reads several fields from one part of an item. */
export interface JointReader {
  /**
   * A field that is null is emptied; one that is left out keeps what it has. Null: the item says nothing.
   *
   * @param maxLength the longest text that a field takes, in UTF-16 units
   */
  readonly read: (context: ReadContext, maxLength: (field: string) => number) => Values | null;
  /** The properties that state cells of an imported row. */
  readonly state: (cells: Values) => Values;
}

export const jointReaders: Readonly<Record<JointReaderName, JointReader>> = {
  postalAddress: {
    // An address is taken whole: half of a new one beside half of an old one is wrong. Without a street, it says no
    // more than what it says: the street that is known may well be there.
    read({ thing, source }, maxLength) {
      const limits = { line: maxLength('streetAddress'), postalCode: maxLength('postalCode') };
      const address = normalisePostalAddress(thing.address, source.country ?? null, limits);
      if (address === null) return null;
      return address.streetAddress === null ? withoutEmpty({ ...address }) : { ...address };
    },
    state: (cells) => ({ address: { '@type': ['PostalAddress'], ...cells } }),
  },

  coordinates: {
    read({ thing }) {
      const geo = thingsOf(thing, 'geo')[0] ?? thing;
      const found = normaliseCoordinates(geo.latitude, geo.longitude);
      return found === null ? null : { ...found };
    },
    state: (cells) => ({ geo: { '@type': ['GeoCoordinates'], ...cells } }),
  },

  eventTime: {
    read({ thing, source, placeTimeZone, reject }) {
      const time = normaliseEventTime({
        startDate: textOf(thing, 'startDate') ?? '',
        endDate: textOf(thing, 'endDate'),
        timeZone: source.timeZone ?? placeTimeZone,
      });
      if (!time.ok) {
        reject({ code: time.reason, field: 'startDate', message: time.message });
        return null;
      }
      const { startDate, endDate, timeZone, allDay, timeKnown } = time.value;
      const times = { startDate, timeZone, allDay, timeKnown };
      return endDate === null ? times : { ...times, endDate };
    },
    state({ startDate, endDate, timeZone, allDay, timeKnown }) {
      const isDay = allDay === true || timeKnown === false;
      return {
        startDate: localTime(startDate, timeZone, isDay),
        endDate: localTime(endDate, timeZone, isDay),
      };
    },
  },

  offers: {
    // A range is taken whole: a new low price beside an old high one would be wrong.
    read({ thing }) {
      const { lowPrice, highPrice, priceCurrency, isFree } = normaliseOffers(
        thing.offers,
        thing.isAccessibleForFree,
      );
      return {
        ...(isFree !== null && { isAccessibleForFree: isFree }),
        ...((lowPrice !== null || highPrice !== null) && { lowPrice, highPrice, priceCurrency }),
      };
    },
    state({ isAccessibleForFree, ...prices }) {
      const { lowPrice = null, highPrice = null } = prices;
      const offers = { '@type': ['AggregateOffer'], ...prices };
      return { isAccessibleForFree, ...((lowPrice !== null || highPrice !== null) && { offers }) };
    },
  },
};

function withoutEmpty(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

/** A moment as local time with its zone, or as a day (RFC 9557); what is neither stays as it is. */
function localTime(value: unknown, timeZone: unknown, isDay: boolean): unknown {
  if (typeof value !== 'string' || typeof timeZone !== 'string') return value;
  if (/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?$/.test(value)) return `${value}[${timeZone}]`;
  if (!/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/.test(value)) return value;
  try {
    const local = Temporal.Instant.from(value).toZonedDateTimeISO(timeZone);
    return `${isDay ? local.toPlainDate().toString() : local.toPlainDateTime().toString()}[${timeZone}]`;
  } catch (error) {
    // No moment, or no zone: the pipeline says what is wrong with it.
    if (!(error instanceof RangeError)) throw error;
    return value;
  }
}
