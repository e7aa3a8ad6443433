import { comparisonKey } from './comparison-key.ts';

export interface EventIdentity {
  name: string;
  startDate: Date;
  /** Null when the event has no place, or one that is not known. */
  placeId: string | null;
  sourceName: string;
}

/**
 * The keys under which the same event is found again, the strongest first: `name|start|place:ID` across sources
 * when there is a place, and always `name|start|source:NAME`. Two events that share any key may be the same;
 * `isSameEvent` decides. The ids of a source are no part of it: some sources give new ones every day.
 *
 * @returns none when the name has nothing to compare or the start is no date
 */
export function eventKeys(event: EventIdentity): string[] {
  const name = comparisonKey(event.name);
  if (name === '' || Number.isNaN(event.startDate.getTime())) return [];
  const occasion = `${name}|${event.startDate.toISOString()}`;
  const keys = event.placeId === null ? [] : [`${occasion}|place:${event.placeId}`];
  keys.push(`${occasion}|source:${event.sourceName}`);
  return keys;
}

export interface EventOccasion {
  startDate: Date;
  placeId: string | null;
}

/**
 * Whether two events that share a key (see `eventKeys`) are one: they start at the same instant, and their
 * places, where both have one, are the same.
 */
export function isSameEvent(a: EventOccasion, b: EventOccasion): boolean {
  if (a.startDate.getTime() !== b.startDate.getTime()) return false;
  return a.placeId === null || b.placeId === null || a.placeId === b.placeId;
}
