import { userTipDefinition, userVibeDefinition, userVibeTimeDefinition } from './contributions.ts';
import { eventDefinition } from './event.ts';
import { eventImageDefinition, placeImageDefinition } from './images.ts';
import type { RecordKind } from './kind.ts';
import { placeDefinition } from './place.ts';

/** Every kind of record that has a definition. What a kind refers to comes before it. */
export const recordKinds: readonly RecordKind[] = [
  placeDefinition,
  eventDefinition,
  userVibeDefinition,
  userVibeTimeDefinition,
  userTipDefinition,
  placeImageDefinition,
  eventImageDefinition,
];
