/** What every comment of ours begins with; `hotspots_audit_context` in the database looks for it. */
const opening = '/*hotspots ';

/**
 * Kinds of statement that hooks record: W writes rows (an INSERT with ON CONFLICT DO UPDATE does two things at
 * once), D deletes them. Setting references to null, which a deletion may cause in its own table, is none of D.
 */
export type HookedStatement = 'W' | 'D';

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
 * The comment to be put in front of a statement: `/*hotspots hooked=W/places context=BASE64URL *\/`.
 *
 * @param prefix `hookedPrefix`, or null for a statement that no hook records.
 * @param context as `encodeContext` gives it
 */
export function statementMarker(prefix: string | null, context: string): string {
  return `${prefix ?? opening}context=${context} */ `;
}
