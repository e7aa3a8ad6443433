import type { Resource } from './resource.ts';
import { eventImages, placeImages, userTips, userVibes, userVibeTimes } from './resources/contributions.ts';
import { events } from './resources/events.ts';
import { places } from './resources/places.ts';

/** Every resource that the API reads and writes. The only list of them: a new one is added here. */
export const resources: readonly Resource[] = [
  places,
  events,
  userVibes,
  userVibeTimes,
  userTips,
  placeImages,
  eventImages,
];
