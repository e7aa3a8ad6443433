import { Place, placeDefinition } from '../../src/records/index.ts';
import { isSamePlace, placeKeys } from '../../src/records/match/index.ts';
import { comparable } from './comparable.ts';
import type { PlaceValues } from './read-place.ts';
import type { MatchedKind } from './record-kind.ts';

/** Places: the same when they agree in name and in where they are. */
export const placeKind: MatchedKind<PlaceValues> = {
  kind: 'place',
  model: Place,
  foreignKey: 'place_id',
  definition: placeDefinition,

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
