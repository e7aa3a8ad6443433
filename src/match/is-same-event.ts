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
