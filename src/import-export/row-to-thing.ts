import { createHash } from 'node:crypto';
import type { PropertyValue, Thing } from '../extract/item.ts';
import type { ExportKind } from './exported-record.ts';

/** How deep the values of a record are nested at most. */
const deepest = 20;

/** Whether a value is nested deeper than any record is: nobody may walk through it by recursion. */
export function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true;
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return false;
}

/** What a cell holds: the list or object that CSV has as JSON; any other text, also one that only begins so, as it is. */
export function cellData(cell: unknown): unknown {
  if (typeof cell !== 'string' || !/^[[{]/.test(cell)) return cell;
  try {
    const read: unknown = JSON.parse(cell);
    return isDeep(read) ? cell : read;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return cell;
  }
}

/** Whether a cell says something. What says nothing leaves a record as it is. */
export function isSaid(cell: unknown): boolean {
  return cell !== undefined && cell !== null && cell !== '';
}

type Values = Readonly<Record<string, unknown>>;

const addressFields = [
  'streetAddress',
  'addressLocality',
  'addressRegion',
  'postalCode',
  'addressCountry',
] as const;

/** What the pipelines take from a row; everything else that a row has is named as not imported. */
const importedFields: Readonly<Record<ExportKind, readonly string[]>> = {
  places: [
    ...['name', 'description', 'url', 'image', 'sameAs', 'identifier', 'telephone', 'email', 'openingHours'],
    ...['priceRange', 'categories', 'aggregateRating', ...addressFields, 'latitude', 'longitude'],
  ],
  events: [
    ...['name', 'description', 'url', 'image', 'sameAs', 'identifier', 'startDate', 'endDate', 'timeZone'],
    ...['allDay', 'timeKnown', 'status', 'attendanceMode', 'organizer', 'performers', 'series', 'location'],
    ...['isAccessibleForFree', 'lowPrice', 'highPrice', 'priceCurrency'],
  ],
};

/** Made by the program, and with a value in every export. */
const ownFields: ReadonlySet<string> = new Set([
  'id',
  'createdAt',
  'updatedAt',
  'timeZone',
  'placeId',
  'isPast',
  'needsRatingUpdate',
]);

/** The fields that rows can have. */
export function importableFields(kind: ExportKind): readonly string[] {
  return ['id', 'createdAt', 'updatedAt', ...importedFields[kind]];
}

/** The fields with a value that an import cannot write, such as `isClosed: true`. */
export function ignoredFields(kind: ExportKind, values: Values): string[] {
  return Object.keys(values).filter(
    (name) =>
      !importedFields[kind].includes(name) &&
      !ownFields.has(name) &&
      isSaid(values[name]) &&
      truth(values[name]) !== false,
  );
}

/**
 * A row in schema.org's words, as the pipelines read it. It is called by its id and moment of creation, which only one
 * record anywhere has, else by its address, else by what it is, where and when. Ids alone are those of any database,
 * and the line is another one after the next edit.
 */
export function rowToThing(kind: ExportKind, values: Values): Thing {
  const read = kind === 'places' ? placeThing(values) : eventThing(values);
  const { id, createdAt, url, name, startDate } = values;
  if (isSaid(id) && isSaid(createdAt))
    return { ...read, '@id': `urn:hotspots:${kind}:${String(id)}:${String(createdAt)}` };
  if (isSaid(url)) return read;
  const { address, geo, location } = read;
  const hash = createHash('sha256').update(JSON.stringify([name, startDate, address, geo, location]));
  return { ...read, '@id': `urn:hotspots:${kind}:content:${hash.digest('hex').slice(0, 32)}` };
}

function placeThing(values: Values): Thing {
  const { latitude, longitude } = values;
  const address = Object.fromEntries(addressFields.map((field) => [field, values[field]]));
  const { name, description, url, image, sameAs, identifier, telephone, email, openingHours, priceRange } =
    values;
  return thing('Place', {
    ...{ name, description, url, image, sameAs: list(sameAs), identifier, telephone, email, priceRange },
    openingHours: list(openingHours),
    category: list(values.categories),
    aggregateRating: cellData(values.aggregateRating),
    ...(Object.values(address).some(isSaid) && { address: thing('PostalAddress', address) }),
    ...((isSaid(latitude) || isSaid(longitude)) && { geo: thing('GeoCoordinates', { latitude, longitude }) }),
  });
}

function eventThing(values: Values): Thing {
  const { name, description, url, image, sameAs, identifier, organizer, series, timeZone } = values;
  const { lowPrice, highPrice, priceCurrency, isAccessibleForFree, status, attendanceMode } = values;
  const isDay = truth(values.allDay) === true || truth(values.timeKnown) === false;
  const location = cellData(values.location);
  return thing('Event', {
    ...{ name, description, url, image, sameAs: list(sameAs), identifier, organizer, superEvent: series },
    startDate: localTime(values.startDate, timeZone, isDay),
    endDate: localTime(values.endDate, timeZone, isDay),
    eventStatus: status,
    eventAttendanceMode: attendanceMode,
    performer: list(values.performers),
    isAccessibleForFree: truth(isAccessibleForFree) ?? isAccessibleForFree,
    ...((isSaid(lowPrice) || isSaid(highPrice)) && {
      offers: thing('AggregateOffer', { lowPrice, highPrice, priceCurrency }),
    }),
    ...(isValues(location) ? { location: placeThing(location) } : isSaid(location) && { location }),
  });
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

/** A list, also as the JSON that the CSV export writes. */
function list(value: unknown): unknown {
  const read = cellData(value);
  return typeof read === 'string' ? [read] : read;
}

function truth(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : null;
}

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function thing(type: string, properties: Values): Thing {
  const said = Object.entries(properties).flatMap(([name, value]) => {
    const property = propertyValue(value);
    return property === undefined ? [] : [[name, property] as const];
  });
  return { '@type': [type], ...Object.fromEntries(said) };
}

function propertyValue(value: unknown): PropertyValue | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.flatMap((each) => propertyValue(each) ?? []);
  if (!isValues(value)) return undefined;
  const type = value['@type'];
  return thing(Array.isArray(type) && typeof type[0] === 'string' ? type[0] : 'Thing', value);
}
