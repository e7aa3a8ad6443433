// The face of matching: whether two places, or two events, are the same. Pure.
export { comparisonKey } from './comparison-key.ts';
export { eventKeys, isSameEvent } from './events.ts';
export { isSamePlace, placeKeys } from './places.ts';
