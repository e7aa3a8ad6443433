const maxLength = 2_048;
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
  if (address === '' || address.length > maxLength) return null;
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
  return text.length > maxLength ? null : text;
}

function withoutTracking(query: string): string {
  return query
    .split('&')
    .filter((part) => part !== '' && !tracking.test(part.split('=', 1)[0] ?? ''))
    .join('&');
}
