/** What every comment of ours begins with; `hotspots_audit_context` in the database looks for it. */
const opening = '/*hotspots ';

/** Statements that hooks record, as the first letter of their SQL. */
export type HookedStatement = 'I' | 'U' | 'D';

/**
 * The beginning of a statement that the hooks of this table record. The triggers compare it with the beginning
 * of the running statement, so it has no part that depends on the row.
 *
 * The table's name is percent-encoded, with the characters that could end or open a comment.
 */
export function hookedPrefix(statement: HookedStatement, tableKey: string): string {
  return `${opening}hooked=${statement}/${encodedName(tableKey)} `;
}

const encodedNames = new Map<string, string>();

function encodedName(tableKey: string): string {
  const known = encodedNames.get(tableKey);
  if (known !== undefined) return known;
  const name = encodeURIComponent(tableKey.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  encodedNames.set(tableKey, name);
  return name;
}

/**
 * The comment to be put in front of a statement: `/*hotspots hooked=I/places context=BASE64URL *\/`.
 *
 * @param prefix `hookedPrefix`, or null for a statement that no hook records.
 * @param context as `encodeContext` gives it
 */
export function statementMarker(prefix: string | null, context: string): string {
  return `${prefix ?? opening}context=${context} */ `;
}
