const maxLength = 254;
const address =
  /^([a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@((?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?\.)+[\p{L}][\p{L}\p{N}\p{M}-]{1,62})$/iu;

/**
 * One e-mail address: "mailto:", its parameters, a display name and angle brackets are removed, the host is
 * lower-cased. The part before the @ keeps its case, because RFC 5321, section 2.4, leaves it to the host.
 * Quoted local parts, addresses of hosts by number and hosts without a dot are legal and never real: refused.
 *
 * @returns null when the value is not exactly one address of at most 254 characters (RFC 5321, erratum 1690)
 */
export function normaliseEmail(value: string): string | null {
  if (value.length > maxLength * 4) return null;
  let text = value.trim();
  const link = /^mailto:([^?]*)/i.exec(text);
  if (link?.[1] !== undefined) text = percentDecoded(link[1]);
  const bracketed = /<([^<>]*)>\s*$/.exec(text);
  if (bracketed?.[1] !== undefined) text = bracketed[1];
  const parts = address.exec(text.trim());
  const [, local, host] = parts ?? [];
  if (local === undefined || host === undefined || local.length > 64) return null;
  const whole = `${local}@${host.normalize('NFC').toLowerCase()}`;
  return whole.length > maxLength ? null : whole;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}
