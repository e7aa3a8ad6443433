import { createServer } from 'node:http';

/**
 * A program: the site that crawls are measured with, on a free port of 127.0.0.1, which it says on stdout. /list/1
 * leads to event pages at /events/N, fifty a page, and to the next list page. /asked tells which different pages were
 * asked for since it was asked last. The argument says how many events there are.
 */
const eventCount = Number(process.argv[2]);
const eventsPerList = 50;
const pageSize = 30 * 1024;
const eventParagraph =
  '<p class="text">The doors open an hour before. <a href="/about">About the house</a>, ' +
  '<span>tickets at the box office</span> and <em>at the entrance</em>.</p>\n';
/** Lists lead to nothing but events and lists, so that both sides read the same pages. */
const listParagraph = '<p class="text"><em>All concerts</em> begin <span>half an hour late</span>.</p>\n';

let asked = new Set<string>();

const server = createServer((request, response) => {
  const path = request.url ?? '';
  if (path === '/asked') {
    const paths = [...asked];
    asked = new Set();
    const count = (kind: string) => paths.filter((page) => page.startsWith(kind)).length;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ 'event pages': count('/events/'), 'list pages': count('/list/') }));
    return;
  }
  const [, kind, number] = /^\/(events|list)\/(\d+)$/.exec(path) ?? [];
  if (kind === undefined) {
    response.writeHead(404).end();
    return;
  }
  asked.add(path);
  const html = kind === 'events' ? eventPage(Number(number)) : listPage(Number(number));
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.stdout.write(`${address.port}\n`);
});

function listPage(n: number): string {
  const first = (n - 1) * eventsPerList;
  const numbers = Array.from({ length: Math.min(eventsPerList, eventCount - first) }, (_, i) => first + i);
  const links = numbers.map(
    (event) => `<li><a class="event" href="/events/${event}">Concert number ${event}</a></li>`,
  );
  const next = first + eventsPerList < eventCount ? `<a rel="next" href="/list/${n + 1}">Next</a>` : '';
  return padded(
    `<!doctype html><html lang="en"><head><title>Concerts</title></head><body>\n<ul>${links.join('\n')}</ul>${next}\n`,
    listParagraph,
  );
}

/** An event page as sites have them: navigation, text, and one JSON-LD block. */
function eventPage(n: number): string {
  const day = String((n % 28) + 1).padStart(2, '0');
  const event = {
    '@context': 'https://schema.org',
    '@type': 'MusicEvent',
    name: `Concert number ${n}`,
    description: `An evening with the band of the week. Row ${n}.`,
    url: `/events/${n}`,
    startDate: `2027-05-${day}T19:30:00-05:00`,
    endDate: `2027-05-${day}T22:00:00-05:00`,
    location: {
      '@type': 'MusicVenue',
      name: `Venue ${n % 50}`,
      address: {
        '@type': 'PostalAddress',
        streetAddress: `${n % 50} West Main Street`,
        addressLocality: 'Chicago',
        addressRegion: 'IL',
        postalCode: '60601',
        addressCountry: 'US',
      },
    },
    organizer: { '@type': 'Organization', name: 'The Band' },
    offers: { '@type': 'Offer', price: '15.00', priceCurrency: 'USD' },
  };
  const data = JSON.stringify(event);
  return padded(
    `<!doctype html><html lang="en"><head><title>Concert ${n}</title><script type="application/ld+json">${data}</script></head><body>\n`,
    eventParagraph,
  );
}

/** As much text after the beginning of a page as makes it 30 KB. */
function padded(start: string, paragraph: string): string {
  return `${start + paragraph.repeat(Math.ceil((pageSize - start.length) / paragraph.length))}</body></html>`;
}
