/**
 * Text without anything that PostgreSQL refuses or a reader cannot see: halves of surrogate pairs, control
 * characters, soft hyphens, zero-width spaces, and the marks that reverse the direction of what follows
 * (they can make a name show as another). Joiners stay: Persian, Hindi and family emoji need them.
 * Normalised to NFC. Newlines, in all their forms, come out as "\n", other controls as a space.
 */
export function storableText(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  return value
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/\p{Cs}|[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu, '')
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .normalize('NFC');
}
