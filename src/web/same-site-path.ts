const anywhere = 'http://same.invalid';

/** A path on this site; the fallback for everything that would lead elsewhere or is none. */
export function sameSitePath(given: unknown, fallback: string): string {
  if (typeof given !== 'string' || !/^\/(?![/\\])[\x21-\x7e]*$/.test(given) || given.includes('\\'))
    return fallback;
  if (!URL.canParse(given, anywhere)) return fallback;
  const url = new URL(given, anywhere);
  // What the URL parser makes of it is what browsers do.
  return url.origin === anywhere && !url.pathname.startsWith('//')
    ? `${url.pathname}${url.search}${url.hash}`
    : fallback;
}
