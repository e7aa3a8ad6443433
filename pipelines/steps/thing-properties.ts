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
