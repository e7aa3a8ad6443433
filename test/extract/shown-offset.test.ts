import { expect, test } from 'vitest';
import { readPage } from '../../src/extract/read-page.ts';

function startOf(startDate: string, shown: string): unknown {
  const event = { '@type': 'Event', name: 'Meeting', startDate, endDate: '2019-10-01T21:00:00+00:00' };
  const body = `<script type="application/ld+json">${JSON.stringify(event)}</script><p>${shown}</p>`;
  const { items } = readPage({
    body: Buffer.from(body),
    contentType: 'text/html',
    url: 'https://a.example/',
  });
  return items[0]?.thing;
}

test.each(['October 1 @ 7:00 pm - 9:00 pm', 'Oct. 1st, 2019, 7 p.m.'])(
  'an offset of zero is taken off when the page shows the same clock time: %s',
  (shown) => {
    expect(startOf('2019-10-01T19:00:00+00:00', shown)).toMatchObject({
      startDate: '2019-10-01T19:00:00',
      endDate: '2019-10-01T21:00:00',
    });
  },
);

test.each([
  ['2019-10-01T19:00:00+00:00', 'October 1 @ 2:00 pm'],
  ['2019-10-01T19:00:00+00:00', 'The office is open until 7:00 pm'],
  ['2019-10-01T19:00:00+00:00', 'October 11 @ 7:00 pm'],
  ['2019-10-01T19:00:00Z', 'October 1 @ 7:00 pm'],
  ['2019-10-01T19:00:00-05:00', 'October 1 @ 7:00 pm'],
])('%s stays as it is beside "%s"', (written, shown) => {
  expect(startOf(written, shown)).toMatchObject({ startDate: written });
});
