import type { AdminModel } from './admin-model.ts';
import { eventImage, placeImage, userTip, userVibe, userVibeTime } from './models/contributions.ts';
import { event } from './models/event.ts';
import { place } from './models/place.ts';

/** Every kind of record that has admin pages. The only list of them: a new one is added here. */
export const adminModels: readonly AdminModel[] = [
  place,
  event,
  placeImage,
  eventImage,
  userTip,
  userVibe,
  userVibeTime,
];
