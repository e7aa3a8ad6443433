import type { PropertyValue, Thing } from './item.ts';

/** All values of a property, as a list; none when the entity does not have it. */
export function propertyValues(thing: Thing, property: string): PropertyValue[] {
  const value = thing[property];
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

export function isThing(value: PropertyValue | undefined): value is Thing {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entities that a property names. */
export function thingsOf(thing: Thing, property: string): Thing[] {
  return propertyValues(thing, property).filter(isThing);
}

/**
 * The texts of a property: strings and numbers as they are, entities by their name. Sites write
 * "organizer": "Town Hall" and "organizer": {"name": "Town Hall"} alike.
 */
export function textsOf(thing: Thing, property: string): string[] {
  return propertyValues(thing, property).flatMap((value) => {
    if (typeof value === 'string') return [value];
    if (typeof value === 'number') return [String(value)];
    return isThing(value) ? textsOf(value, 'name').slice(0, 1) : [];
  });
}

/** The first text of a property, or null. */
export function textOf(thing: Thing, property: string): string | null {
  return textsOf(thing, property)[0] ?? null;
}

/** The addresses of a property: strings, and the `url`, `contentUrl` or `@id` of entities such as images. */
export function addressesOf(thing: Thing, property: string): string[] {
  return propertyValues(thing, property).flatMap((value) => {
    if (typeof value === 'string') return [value];
    if (!isThing(value)) return [];
    return [...addressesOf(value, 'url'), ...addressesOf(value, 'contentUrl'), value['@id'] ?? ''].slice(
      0,
      1,
    );
  });
}
