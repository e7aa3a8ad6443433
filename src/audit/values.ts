/**
 * A SQL expression that gives a column's value as jsonb, exactly as `jsonValue` writes what Sequelize reads
 * from that column: dates in ISO 8601 in UTC with milliseconds, big integers and decimals as text, bytes in
 * base64, NaN and the infinities by name. NULL stays SQL NULL. What the database writes and what the hooks
 * write can then be compared, value by value.
 *
 * The expression reads no session setting but the defaults that every connection of ours has: ISO dates.
 *
 * @param value a SQL expression of that type, such as `NEW."start_date"`; it may be repeated.
 * @param type the type's name in `pg_type.typname`: `int8`, `_text` for `text[]`; a domain's base type.
 */
export function columnJson(value: string, type: string): string {
  const subtype = rangeTypes[type];
  if (subtype !== undefined) return rangeJson(value, subtype);
  if (!type.startsWith('_')) return scalarJson(value, type);
  const element = type.slice(1);
  if (sameAsText.has(element)) return `to_jsonb((${value})::text[])`;
  if (scalarJson('', element) === scalarJson('', 'text')) return `to_jsonb(${value})`;
  return (
    `(SELECT coalesce(jsonb_agg(${columnJson('element', element)} ORDER BY place), '[]') ` +
    `FROM unnest(${value}) WITH ORDINALITY AS listed (element, place) WHERE (${value}) IS NOT NULL HAVING (${value}) IS NOT NULL)`
  );
}

/** Types that are numbers in PostgreSQL's JSON, and text in ours: JavaScript's numbers cannot hold them. */
const sameAsText: ReadonlySet<string> = new Set(['int8', 'numeric']);

/** What the bounds of each range type are. */
const rangeTypes: Readonly<Record<string, string>> = {
  int4range: 'int4',
  int8range: 'int8',
  numrange: 'numeric',
  tstzrange: 'timestamptz',
  daterange: 'date',
};

function scalarJson(value: string, type: string): string {
  if (sameAsText.has(type)) return `to_jsonb((${value})::text)`;
  switch (type) {
    case 'timestamptz':
      return instantJson(value);
    case 'timestamp':
      return instantJson(`(${value}) AT TIME ZONE 'UTC'`);
    case 'date':
      return `(CASE WHEN isfinite(${value}) THEN to_jsonb(${value}) ELSE to_jsonb(initcap((${value})::text)) END)`;
    case 'bytea':
      // PostgreSQL breaks base64 into lines of 76 characters.
      return `to_jsonb(translate(encode(${value}, 'base64'), E'\\n', ''))`;
    default:
      return `to_jsonb(${value})`;
  }
}

/** As `Date.prototype.toISOString`: microseconds are cut off, years beyond 9999 get a sign and six digits. */
function instantJson(value: string): string {
  const utc = `date_trunc('milliseconds', (${value}) AT TIME ZONE 'UTC')`;
  const year = `(extract(year FROM ${utc}) + CASE WHEN ${utc} < '0001-01-01' THEN 1 ELSE 0 END)`;
  const ordinary = `to_char(${utc}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const distant =
    `to_char(${year}, CASE WHEN ${year} BETWEEN 0 AND 9999 THEN 'FM0000' ELSE 'FMSG000000' END) || ` +
    `to_char(${utc}, '-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  return (
    `to_jsonb(CASE WHEN NOT isfinite(${value}) THEN initcap((${value})::text) ` +
    `WHEN ${utc} >= '0001-01-01' AND ${utc} < '10000-01-01' THEN ${ordinary} ELSE ${distant} END)`
  );
}

/** As Sequelize reads ranges: `[{ value, inclusive }, { value, inclusive }]`, an empty one as `[]`. */
function rangeJson(value: string, subtype: string): string {
  const bound = (side: 'lower' | 'upper') =>
    `jsonb_build_object('value', ${scalarJson(`${side}(${value})`, subtype)}, 'inclusive', ${side}_inc(${value}))`;
  return (
    `(CASE WHEN (${value}) IS NULL THEN NULL WHEN isempty(${value}) THEN '[]'::jsonb ` +
    `ELSE jsonb_build_array(${bound('lower')}, ${bound('upper')}) END)`
  );
}

export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** A row as plain data, by attribute name, with the types that Sequelize gives to the columns. */
export type RowValues = Readonly<Record<string, unknown>>;

/**
 * A column's value as native JSON: dates as ISO 8601 in UTC, bytes as base64, decimals and big integers
 * as the strings that the database gives, NaN and the infinities by name (JSON has no such numbers).
 */
export function jsonValue(value: unknown): JsonValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return value.toString();
    case 'object':
      return value === null ? null : jsonObject(value);
    default:
      return null;
  }
}

function jsonObject(value: object): JsonValue {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(jsonValue);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonValue(inner)]));
}

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

/** Whether two JSON values are equal; the order of an object's keys does not matter. */
export function sameJson(a: JsonValue, b: JsonValue): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index += 1) {
      if (!sameJson(a[index] ?? null, b[index] ?? null)) return false;
    }
    return true;
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key] ?? null, b[key] ?? null))
  );
}

/** How the values of a model's masked attributes are shown. */
interface Masking {
  readonly masked: ReadonlySet<string>;
  readonly maskValue: (value: JsonValue) => JsonValue;
}

/** A recorded value as the log and people see it. Null is never masked, so that setting and clearing can be told apart. */
export function maskedValue({ masked, maskValue }: Masking, attribute: string, value: JsonValue): JsonValue {
  return value === null || !masked.has(attribute) ? value : maskValue(value);
}
