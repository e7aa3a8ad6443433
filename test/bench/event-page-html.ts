const pageSize = 30 * 1024;
const paragraph =
  '<p class="text">The doors open an hour before. <a href="/about">About the house</a>, ' +
  '<span>tickets at the box office</span> and <em>at the entrance</em>.</p>\n';

/** An event page of 30 KB as sites have them: navigation, text, and one JSON-LD block. */
export function eventPageHtml(n: number): string {
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
  const head = `<!doctype html><html lang="en"><head><title>Concert ${n}</title><script type="application/ld+json">${JSON.stringify(event)}</script></head><body>\n`;
  return `${head + paragraph.repeat(Math.ceil((pageSize - head.length) / paragraph.length))}</body></html>`;
}
