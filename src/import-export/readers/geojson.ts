import { z } from 'zod';
import { HotspotsError } from '../../errors.ts';
import type { ImportedRow } from '../exported-record.ts';
import { isDeep } from '../row-to-thing.ts';
import { fileText } from './text.ts';

/** Characters: the whole document is in memory at once. */
const longestDocument = 200_000_000;

const featureSchema = z.looseObject({
  type: z.literal('Feature'),
  id: z.union([z.string(), z.number()]).optional(),
  geometry: z.looseObject({ type: z.string(), coordinates: z.unknown() }).nullish(),
  properties: z.record(z.string(), z.unknown()).nullish(),
});
const pointSchema = z.object({ type: z.literal('Point'), coordinates: z.array(z.number()).min(2) });

/**
 * GeoJSON (RFC 7946): a FeatureCollection; each feature is a record, a point its place. The "line" is the number of the
 * feature.
 *
 * @throws HotspotsError IMPORT_UNREADABLE, PERMISSION_DENIED
 */
export async function* readGeoJson(file: string): AsyncGenerator<ImportedRow> {
  for (const [index, feature] of featuresOf(file, await wholeText(file)).entries())
    yield rowOf(index + 1, feature);
}

async function wholeText(file: string): Promise<string> {
  let text = '';
  for await (const piece of fileText(file)) {
    text += piece;
    if (text.length > longestDocument)
      throw new HotspotsError(
        'IMPORT_UNREADABLE',
        `${file} is too large for GeoJSON. Split it, or import JSON Lines.`,
      );
  }
  return text;
}

function featuresOf(file: string, text: string): readonly unknown[] {
  try {
    return z
      .object({ type: z.literal('FeatureCollection'), features: z.array(z.unknown()) })
      .parse(JSON.parse(text)).features;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
    const why = error instanceof SyntaxError ? error.message : 'it is no FeatureCollection';
    throw new HotspotsError('IMPORT_UNREADABLE', `${file} is not GeoJSON: ${why}.`, { cause: error });
  }
}

function rowOf(line: number, given: unknown): ImportedRow {
  if (isDeep(given)) return { line, problem: 'The values are nested too deep for a record.' };
  const feature = featureSchema.safeParse(given);
  if (!feature.success) return { line, problem: 'This is not a Feature of GeoJSON.' };
  const { id, geometry, properties } = feature.data;
  const point = pointSchema.safeParse(geometry);
  const [longitude, latitude] = point.success ? point.data.coordinates : [];
  const { location, ...others } = properties ?? {};
  const isEvent = others.startDate !== undefined;
  const position = point.success ? { latitude, longitude } : {};
  return {
    line,
    values: {
      ...(id !== undefined && { id: String(id) }),
      ...others,
      // Named as not imported: a record is at a point.
      ...(geometry && !point.success && { geometry: geometry.type }),
      // The point of an event is that of its place.
      ...(isEvent ? { location: asLocation(location, position) } : position),
    },
  };
}

function asLocation(location: unknown, position: object): unknown {
  return typeof location === 'object' && location !== null && !Array.isArray(location)
    ? { ...location, ...position }
    : location;
}
