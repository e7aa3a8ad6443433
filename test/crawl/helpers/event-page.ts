import type { Answer } from './test-site.ts';

/** A page with one event of that name, and links. */
export function eventPage(name: string, links: readonly string[] = []): Answer {
  const event = {
    '@context': 'https://schema.org',
    '@type': 'Event',
    name,
    startDate: '2030-05-01T19:00:00Z',
  };
  const anchors = links.map((href) => `<a href="${href}">${href}</a>`).join('\n');
  return {
    body:
      `<!doctype html><html><head><title>${name}</title>` +
      `<script type="application/ld+json">${JSON.stringify(event)}</script></head><body>${anchors}</body></html>`,
  };
}
