import type { AdminModel } from './admin-model.ts';
import { event } from './models/event.ts';
import { eventImage } from './models/event-image.ts';
import { place } from './models/place.ts';
import { placeImage } from './models/place-image.ts';
import { userTip } from './models/user-tip.ts';
import { userVibe } from './models/user-vibe.ts';
import { userVibeTime } from './models/user-vibe-time.ts';

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
