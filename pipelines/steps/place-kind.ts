import { isSamePlace, placeKeys } from '../../src/records/match/places.ts';
import { Place } from '../../src/records/place.ts';
import type { PlaceValues } from './read-place.ts';
import type { RecordKind } from './record-kind.ts';
import { comparable } from './thing-properties.ts';

/** Places: the same when they agree in name and in where they are. */
export const placeKind: RecordKind<PlaceValues> = {
  kind: 'place',
  model: Place,
  foreignKey: 'place_id',
  linkedFields: [['latitude', 'longitude']],

  keysOf(values, sourceName) {
    const { text, number } = comparable(values);
    return placeKeys({
      name: text('name') ?? '',
      streetAddress: text('streetAddress'),
      addressLocality: text('addressLocality'),
      postalCode: text('postalCode'),
      latitude: number('latitude'),
      longitude: number('longitude'),
      url: text('url'),
      sourceName,
    });
  },

  isSame: (values, record) => isSamePlace(position(values), position(record)),

  // A place stays where it is: an id used twice in one run means the same place.
  isSameOccasion: () => true,
  canBecome: () => true,

  merge: (record, values) => ({ ...record, ...values }),
};

function position(values: object) {
  const { text, number } = comparable(values);
  return {
    streetAddress: text('streetAddress'),
    latitude: number('latitude'),
    longitude: number('longitude'),
  };
}
