/**
 * Names that ICU still calls canonical although the IANA database has renamed the zone. Without this list
 * "Asia/Calcutta" and "Asia/Kolkata" would be stored as two different zones.
 */
const renamed: Readonly<Record<string, string>> = {
  'Africa/Asmera': 'Africa/Asmara',
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Catamarca': 'America/Argentina/Catamarca',
  'America/Coral_Harbour': 'America/Atikokan',
  'America/Cordoba': 'America/Argentina/Cordoba',
  'America/Godthab': 'America/Nuuk',
  'America/Indianapolis': 'America/Indiana/Indianapolis',
  'America/Jujuy': 'America/Argentina/Jujuy',
  'America/Louisville': 'America/Kentucky/Louisville',
  'America/Mendoza': 'America/Argentina/Mendoza',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Enderbury': 'Pacific/Kanton',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

const known = new Map<string, string | null>();
/** Far above the number of zone names, so that only hostile input ever empties the memory. */
const maxKnown = 2_000;
const maxNameLength = 64;

/**
 * The IANA name of a time zone, in the spelling of the database ("america/chicago" → "America/Chicago").
 * Links are followed ("US/Central" → "America/Chicago"); every name of UTC becomes "UTC".
 *
 * @returns null for anything this Node has no rules for, and for bare offsets ("+02:00"): an offset does
 *   not say when daylight saving begins.
 */
export function normaliseTimeZone(value: string): string | null {
  if (value.length > maxNameLength) return null;
  const remembered = known.get(value);
  if (remembered !== undefined) return remembered;
  if (known.size >= maxKnown) known.clear();
  const name = lookUp(value.trim());
  known.set(value, name);
  return name;
}

function lookUp(name: string): string | null {
  if (!/^[A-Za-z][A-Za-z0-9_+\-/]*$/.test(name)) return null;
  try {
    // Temporal knows the IANA names only; ICU alone would also take its own old inventions ("ACT").
    new Temporal.ZonedDateTime(0n, name);
    const canonical = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
    return renamed[canonical] ?? canonical;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
