import { describe, expect, test } from 'vitest';
import { readPage } from '../../src/extract/read-page.ts';
import { shownTime } from '../../src/extract/shown-time.ts';

describe('shown offset', () => {
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
});

describe('shown time', () => {
  test('a time in UTC that does not say so gives way to the local one beside it', () => {
    expect(shownTime('2023-12-14T14:30', 'December 14, 2023 9:30 AM - 12:00 PM')).toBe('2023-12-14T09:30');
    expect(shownTime('2023-12-15T01:00', 'December 14, 2023 8 p.m.')).toBe('2023-12-14T20:00');
    expect(shownTime('2023-12-14T23:00:00', '9:00 AM')).toBe('2023-12-15T09:00');
  });

  test.each([
    ['the shown time is the same', '2023-12-14T09:30', '9:30 AM - 12:00 PM'],
    ['the written time is the end that is shown', '2023-12-14T12:00', '9:30 AM - 12:00 PM'],
    ['no time is shown', '2023-12-14T14:30', 'December 14, 2023'],
    ['nothing is shown', '2023-12-14T14:30', ''],
    ['the difference is no matter of zones', '2023-12-14T14:30', '9:45 AM'],
    ['doors open before it begins', '2023-12-14T20:00', 'Doors: 7:00 PM'],
    ['an offset is written', '2023-12-14T14:30-05:00', '9:30 AM'],
    ['UTC is written', '2023-12-14T14:30Z', '9:30 AM'],
    ['only a day is written', '2023-12-14', '9:30 AM'],
    ['it is no date at all', '2023-99-99T14:30', '9:30 AM'],
  ])('the written time stands when %s', (_why, written, shown) => {
    expect(shownTime(written, shown)).toBe(written);
  });
});
