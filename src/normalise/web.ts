const maxEmailLength = 254;
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
  if (value.length > maxEmailLength * 4) return null;
  let text = value.trim();
  const link = /^mailto:([^?]*)/i.exec(text);
  if (link?.[1] !== undefined) text = percentDecoded(link[1]);
  const bracketed = /<([^<>]*)>\s*$/.exec(text);
  if (bracketed?.[1] !== undefined) text = bracketed[1];
  const parts = address.exec(text.trim());
  const [, local, host] = parts ?? [];
  if (local === undefined || host === undefined || local.length > 64) return null;
  const whole = `${local}@${host.normalize('NFC').toLowerCase()}`;
  return whole.length > maxEmailLength ? null : whole;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return text;
    throw error;
  }
}

const maxUrlLength = 2_048;
const tracking =
  /^(?:utm_\w+|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_cid|mc_eid|mkt_tok|_ga|_gl|_hsenc|_hsmi|vero_id|oly_enc_id|oly_anon_id|jsessionid|phpsessid)$/i;

/**
 * An absolute http or https address in one spelling: host in lower case, default port, fragment, user name and
 * password, session ids and advertising parameters removed; the order of what remains is kept. User names and
 * passwords are dropped instead of refusing the address: the page is public, the password is not ours to keep.
 *
 * @param base the page's own address, for relative links. Without it, only "//host/…" and "www.…" are
 *   completed, with https
 * @returns null for other schemes, hosts without a dot (except localhost), and more than 2,048 characters
 */
export function normaliseUrl(value: string, base?: string): string | null {
  let address = value.trim();
  if (address === '' || address.length > maxUrlLength) return null;
  if (/^www\.[^\s/.]+\.\S/i.test(address)) address = `https://${address}`;
  else if (address.startsWith('//') && base === undefined) address = `https:${address}`;
  const url = URL.parse(address, base);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  if (!/[.:]/.test(url.hostname) && url.hostname !== 'localhost') return null;
  url.username = '';
  url.password = '';
  url.hash = '';
  if (url.search !== '') url.search = withoutTracking(url.search.slice(1));
  if (url.pathname.includes(';'))
    url.pathname = url.pathname.replace(/;(?:jsessionid|phpsessid)=[^/;]*/gi, '');
  // Assigning an empty search leaves a bare "?" behind in no engine, but an address may come with one.
  const text = url.href.endsWith('?') ? url.href.slice(0, -1) : url.href;
  return text.length > maxUrlLength ? null : text;
}

function withoutTracking(query: string): string {
  return query
    .split('&')
    .filter((part) => part !== '' && !tracking.test(part.split('=', 1)[0] ?? ''))
    .join('&');
}
