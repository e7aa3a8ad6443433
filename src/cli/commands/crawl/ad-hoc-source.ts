import path from 'node:path';
import countries from 'i18n-iso-countries';
import { type Source, sourceSchema } from '../../../crawl/source.ts';
import { normaliseTimeZone } from '../../../normalise/time-zone.ts';
import { usageError } from '../arguments/parse-arguments.ts';

interface AdHoc {
  spider: string;
  urls: readonly string[];
  archivePath: string | undefined;
  timeZone: string | undefined;
  country: string | undefined;
}

/**
 * A source for addresses or an archive named on the command line. It is named after the first address's host
 * ("url-example-org") or after the file ("archive-spring"), so that a second crawl finds its records again.
 *
 * @throws HotspotsError USAGE when an address, the zone or the country is not valid
 */
export function adHocSource({ spider, urls, archivePath, timeZone, country }: AdHoc): Source {
  const parsed = urls.map((text) => {
    const url = URL.parse(text);
    if (url === null || !/^https?:$/.test(url.protocol)) {
      throw usageError('crawl', `--url must be an http or https address; given: ${JSON.stringify(text)}.`);
    }
    if (url.username !== '' || url.password !== '') {
      throw usageError(
        'crawl',
        '--url must not hold a user name or password: addresses are stored and shown.',
      );
    }
    return url;
  });
  if (timeZone !== undefined && normaliseTimeZone(timeZone) === null) {
    throw usageError(
      'crawl',
      `--time-zone must be an IANA name such as America/New_York; given: ${JSON.stringify(timeZone)}.`,
    );
  }
  const code = country?.toUpperCase();
  if (code !== undefined && !(code.length === 2 && countries.isValid(code))) {
    throw usageError(
      'crawl',
      `--country must be an ISO 3166-1 code of two letters such as US or GB; given: ${JSON.stringify(country)}.`,
    );
  }
  const host = parsed[0]?.hostname;
  const name =
    host === undefined
      ? `archive-${path.basename(archivePath ?? '').replace(/(?:\.warc)?(?:\.gz)?$/i, '')}`
      : `url-${host}`;
  return {
    ...sourceSchema.omit({ startUrls: true }).parse({ name: asName(name), spider, timeZone, country: code }),
    startUrls: parsed.map(({ href }) => href),
  };
}

function asName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/-$/, '');
}
