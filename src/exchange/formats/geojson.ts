import type { ExportFormat } from '../export-format.ts';
import type { RecordValues } from '../exported-record.ts';

/** GeoJSON (RFC 7946): a feature for each record, at its place; with no geometry where that is not known. */
export const geojson: ExportFormat = {
  title: 'GeoJSON (RFC 7946)',
  mediaType: 'application/geo+json',
  kinds: ['places', 'events'],
  begin: () => '{"type":"FeatureCollection","features":[',
  record: ({ values, place }, isFirst) => {
    const { id, ...properties } = values;
    const feature = {
      type: 'Feature',
      id,
      geometry: pointOf(place),
      properties,
    };
    return `${isFirst ? '' : ','}\n${JSON.stringify(feature)}`;
  },
  end: () => '\n]}\n',
};

function pointOf(place: RecordValues | null): object | null {
  if (place === null || typeof place.latitude !== 'number' || typeof place.longitude !== 'number')
    return null;
  return { type: 'Point', coordinates: [place.longitude, place.latitude] };
}
