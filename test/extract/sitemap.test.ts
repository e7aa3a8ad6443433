import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readSitemap } from '../../src/extract/sitemap.ts';

const url = 'https://example.org/sitemap.xml';

function read(body: string | Uint8Array, address = url) {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const { pages, sitemaps, problems } = readSitemap(bytes, address);
  return {
    pages: pages.map((page) => page.url),
    sitemaps,
    codes: problems.map(({ code }) => code),
    entries: pages,
  };
}

const urlset = (...locations: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${locations
    .map((location) => `<url><loc>${location}</loc></url>`)
    .join('')}</urlset>`;

test('a urlset gives pages with their dates, an index gives sitemaps', () => {
  const { entries } = read(
    '<urlset><url><loc> https://example.org/a </loc><lastmod>2026-05-09</lastmod></url><url><loc>https://example.org/b</loc></url></urlset>',
  );
  expect(entries).toEqual([
    { url: 'https://example.org/a', lastModified: '2026-05-09' },
    { url: 'https://example.org/b', lastModified: null },
  ]);
  const { sitemaps, pages } = read(
    '<sitemapindex><sitemap><loc>https://example.org/1.xml.gz</loc><lastmod>2026-05-09T10:00:00Z</lastmod></sitemap></sitemapindex>',
  );
  expect(sitemaps).toEqual([{ url: 'https://example.org/1.xml.gz', lastModified: '2026-05-09T10:00:00Z' }]);
  expect(pages).toEqual([]);
});

test('prefixes, bare ampersands, CDATA and relative addresses are read', () => {
  expect(
    read(
      `<sm:urlset xmlns:sm="x"><sm:url><sm:loc>https://example.org/?a=1&b=2&amp;c=3</sm:loc></sm:url>
       <sm:url><sm:loc><![CDATA[https://example.org/?d=1&e=2]]></sm:loc></sm:url><sm:url><sm:loc>/rel</sm:loc></sm:url></sm:urlset>`,
    ).pages,
  ).toEqual(['https://example.org/?a=1&b=2&c=3', 'https://example.org/?d=1&e=2', 'https://example.org/rel']);
});

test('pictures, films and translations of a page are not pages', () => {
  const { pages } = read(
    `<urlset><url><image:image><image:loc>https://example.org/a.jpg</image:loc></image:image>
     <loc>https://example.org/a</loc><xhtml:link rel="alternate" hreflang="de" href="https://example.org/de"/></url></urlset>`,
  );
  expect(pages).toEqual(['https://example.org/a']);
});

test('empty, foreign and repeated addresses are left out', () => {
  const { pages, codes } = read(
    urlset('', 'https://example.org/a#top', 'https://example.org/a', 'mailto:a@example.org', 'http://'),
  );
  expect(pages).toEqual(['https://example.org/a']);
  expect(codes).toEqual(['sitemap-url-unreadable']);
});

test('a urlset inside a urlset and a missing end are read through', () => {
  const { pages } = read(
    '<urlset><urlset><url><loc>https://example.org/a</loc></url></urlset><url><loc>https://example.org/b',
  );
  expect(pages).toEqual(['https://example.org/a', 'https://example.org/b']);
});

test('what is gzipped is found by its bytes, not by its name', () => {
  const xml = urlset('https://example.org/a');
  expect(read(gzipSync(xml)).pages).toEqual(['https://example.org/a']);
  expect(read(xml, 'https://example.org/sitemap.xml.gz').pages).toEqual(['https://example.org/a']);
});

test('of a cut-off or damaged gzip file, what came before the damage is read', () => {
  const locations = Array.from(
    { length: 3_000 },
    (_, index) => `https://example.org/${index}-${Math.sin(index)}`,
  );
  const whole = gzipSync(urlset(...locations));
  const cut = read(whole.subarray(0, whole.length >> 1));
  expect(cut.codes).toContain('sitemap-compressed-damaged');
  expect(cut.pages.length).toBeGreaterThan(1_000);

  const damaged = Buffer.from(whole);
  damaged.fill(0xff, damaged.length >> 1, (damaged.length >> 1) + 50);
  const kept = read(damaged);
  expect(kept.codes).toContain('sitemap-compressed-damaged');
  expect(kept.pages.length).toBeGreaterThan(1_000);
  expect(kept.pages[0]).toBe(locations[0]);
});

test('a small file that inflates to gigabytes is stopped at the limit', () => {
  const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024, ' '), { level: 9 });
  expect(read(bomb).codes).toContain('sitemap-compressed-damaged');
});

test('the text form is one address a line', () => {
  expect(read('\uFEFFhttps://example.org/a\r\nhttps://example.org/b\n\n# no\n').pages).toEqual([
    'https://example.org/a',
    'https://example.org/b',
  ]);
});

test('RSS and Atom feeds give the links of their entries', () => {
  const rss = read(
    `<rss><channel><link>https://example.org/</link><atom:link href="https://example.org/feed" rel="self"/>
     <item><title>A</title><link>https://example.org/a</link><pubDate>Sat, 09 May 2026 10:00:00 GMT</pubDate></item></channel></rss>`,
  );
  expect(rss.entries).toEqual([
    { url: 'https://example.org/a', lastModified: 'Sat, 09 May 2026 10:00:00 GMT' },
  ]);
  const atom = read(
    `<feed><link href="https://example.org/"/><entry><link rel="edit" href="https://example.org/edit"/>
     <link href="https://example.org/b"/><updated>2026-05-09</updated></entry></feed>`,
  );
  expect(atom.entries).toEqual([{ url: 'https://example.org/b', lastModified: '2026-05-09' }]);
});

test('an error page in place of a sitemap is a problem and gives nothing', () => {
  const html =
    '<!DOCTYPE html><html><body><a href="/x">x</a><url><loc>https://example.org/a</loc></url></body></html>';
  expect(read(html)).toMatchObject({ pages: [], sitemaps: [], codes: ['sitemap-not-a-sitemap'] });
  expect(read('Not found').codes).toEqual(['sitemap-not-a-sitemap']);
});

test('an empty sitemap is not a problem', () => {
  expect(read('<urlset></urlset>').codes).toEqual([]);
  expect(read('').codes).toEqual([]);
});

test('no more than 50,000 addresses are read', () => {
  const { pages, codes } = read(urlset(...Array.from({ length: 50_010 }, (_, index) => `/${index}`)));
  expect(pages).toHaveLength(50_000);
  expect(codes).toEqual(['sitemap-too-large']);
});
