import type { Resource } from './resource.ts';
import { eventImages } from './resources/event-images.ts';
import { events } from './resources/events.ts';
import { placeImages } from './resources/place-images.ts';
import { places } from './resources/places.ts';
import { userTips } from './resources/user-tips.ts';
import { userVibeTimes } from './resources/user-vibe-times.ts';
import { userVibes } from './resources/user-vibes.ts';

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
