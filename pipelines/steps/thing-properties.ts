import type { PropertyValue, Thing } from '../../src/extract/item.ts';

/** Reads single values of a record whose types are known only to its model; null when they are not there. */
export function comparable(values: object) {
  const get = (name: string): unknown => Reflect.get(values, name);
  return {
    text(name: string): string | null {
      const value = get(name);
      return typeof value === 'string' ? value : null;
    },
    number(name: string): number | null {
      const value = get(name);
      return typeof value === 'number' ? value : null;
    },
    date(name: string): Date | null {
      const value = get(name);
      return value instanceof Date ? value : null;
    },
  };
}

/** Values without those that are null or empty lists: a source that is silent about a field does not empty it. */
export function said<Values extends object>(
  values: Values,
): { [Key in keyof Values]?: NonNullable<Values[Key]> } {
  const stated: { [Key in keyof Values]?: NonNullable<Values[Key]> } = {};
  for (const key in values) {
    const value = values[key];
    if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    stated[key] = value;
  }
  return stated;
}

/** All values of a property, as a list; none when the entity does not have it. */
export function valuesOf(thing: Thing, property: string): PropertyValue[] {
  const value = thing[property];
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

export function isThing(value: PropertyValue | undefined): value is Thing {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The entities that a property names. */
export function thingsOf(thing: Thing, property: string): Thing[] {
  return valuesOf(thing, property).filter(isThing);
}

/**
 * The texts of a property: strings and numbers as they are, entities by their name. Sites write
 * "organizer": "Town Hall" and "organizer": {"name": "Town Hall"} alike.
 */
export function textsOf(thing: Thing, property: string): string[] {
  return valuesOf(thing, property).flatMap((value) => {
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
  return valuesOf(thing, property).flatMap((value) => {
    if (typeof value === 'string') return [value];
    if (!isThing(value)) return [];
    return [...addressesOf(value, 'url'), ...addressesOf(value, 'contentUrl'), value['@id'] ?? ''].slice(
      0,
      1,
    );
  });
}
