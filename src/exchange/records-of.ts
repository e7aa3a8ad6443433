import type { FindOptions, Model, ModelStatic } from 'sequelize';
import { Event } from '../records/event.ts';
import { Place } from '../records/place.ts';
import type { ExportKind } from './export-format.ts';
import { type ExportedRecord, locationValues, recordValues } from './exported-record.ts';

/** Records with their places, by their ids, in order. Places are locked only where they are what is asked for. */
export async function recordsOf(
  kind: ExportKind,
  { transaction = null, ...options }: Pick<FindOptions, 'where' | 'limit' | 'transaction' | 'lock'>,
): Promise<ExportedRecord[]> {
  const page: FindOptions = { ...options, order: [['id', 'ASC']], transaction };
  if (kind === 'places') {
    return (await find(Place, page)).map((place) => {
      const values = recordValues(place);
      return { values, place: values };
    });
  }
  const events = await find(Event, page);
  const placeIds = [...new Set(events.flatMap((event) => event.get('placeId') ?? []))];
  const places = await find(Place, { where: { id: placeIds }, transaction });
  const byId = new Map(places.map((place) => [place.get('id'), recordValues(place)]));
  return events.map((event) => {
    const place = byId.get(event.get('placeId')) ?? null;
    return { values: { ...recordValues(event), location: place && locationValues(place) }, place };
  });
}

function find(model: ModelStatic<Model>, page: FindOptions): Promise<Model[]> {
  return model.unscoped().findAll(page);
}
