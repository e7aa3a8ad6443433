import type { RequestKind } from './spider.ts';

const readable =
  /^(?:text\/(?:html|xml|calendar|plain|x-vcalendar)|application\/(?:xhtml\+xml|xml|json|ld\+json|ics|octet-stream|[\w.-]+\+xml))$/;
const compressed = /^application\/(?:gzip|x-gzip)$/;

/**
 * Whether a body of this type is worth downloading: HTML, XML, calendars, JSON-LD, text, and what is not
 * declared. Compressed files only where a sitemap is expected.
 */
export function readableContentType(contentType: string | null, kind: RequestKind): boolean {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return type === '' || readable.test(type) || (kind === 'sitemap' && compressed.test(type));
}
