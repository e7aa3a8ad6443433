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
