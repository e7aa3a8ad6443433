/**
 * JSON text as PostgreSQL's jsonb takes it, which holds neither U+0000 nor half a surrogate pair: each becomes
 * U+FFFD.
 *
 * @param json from JSON.stringify, which writes both as escapes.
 */
export function storableJson(json: string): string {
  return json.replace(/\\(u0000|ud[89a-f][0-9a-f]{2}|.)/g, (escaped, kind: string) =>
    kind.length > 1 ? '\\ufffd' : escaped,
  );
}
