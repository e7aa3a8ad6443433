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
