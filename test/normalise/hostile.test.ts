import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalisePostalAddress, splitLocation } from '../../src/normalise/address.ts';
import { normaliseAggregateRating } from '../../src/normalise/aggregate-rating.ts';
import { normaliseCategories } from '../../src/normalise/categories.ts';
import { normaliseCoordinates } from '../../src/normalise/coordinates.ts';
import { normaliseCountry } from '../../src/normalise/country.ts';
import {
  normaliseAttendanceMode,
  normaliseEventStatus,
  statusFromName,
} from '../../src/normalise/event-status.ts';
import { normaliseEventTime } from '../../src/normalise/event-time.ts';
import { normaliseOpeningHours } from '../../src/normalise/opening-hours.ts';
import { normaliseOffers } from '../../src/normalise/prices.ts';
import { normaliseTelephone } from '../../src/normalise/telephone.ts';
import { normaliseMultilineText, normaliseText } from '../../src/normalise/text.ts';
import { normaliseEmail, normaliseUrl } from '../../src/normalise/web.ts';
import { normaliseTimeZone } from '../../src/normalise/zones.ts';
import { cpuTimeOf } from '../helpers/cpu-time.ts';

const ofText: Record<string, (text: string) => unknown> = {
  normaliseCountry,
  normaliseEmail,
  normaliseTimeZone,
  normaliseUrl,
  splitLocation,
  statusFromName,
  normaliseText: (text) => normaliseText(text, 500),
  normaliseMultilineText: (text) => normaliseMultilineText(text, 10_000),
  normaliseTelephone: (text) => normaliseTelephone(text, 'US'),
  normaliseEventTime: (text) =>
    normaliseEventTime({ startDate: text, endDate: text, timeZone: 'America/Chicago' }),
  endOfEvent: (text) => normaliseEventTime({ startDate: '2026-05-09', endDate: text, timeZone: text }),
};

const ofAnything: Record<string, (value: unknown) => unknown> = {
  normaliseAggregateRating,
  normaliseAttendanceMode,
  normaliseCategories,
  normaliseEventStatus,
  normaliseOpeningHours,
  normaliseOffers: (value) => normaliseOffers(value, value),
  normalisePostalAddress: (value) => normalisePostalAddress(value, null),
  normaliseCoordinates: (value) => normaliseCoordinates(value, value),
};

const keys = [
  'name',
  'price',
  'offers',
  'opens',
  'closes',
  'dayOfWeek',
  'ratingValue',
  'streetAddress',
  '@id',
  'url',
];
const values = fc.object({
  key: fc.constantFrom(...keys),
  values: [fc.string({ unit: 'binary' }), fc.double(), fc.constant('09:00'), fc.constant('Mo'), fc.boolean()],
  maxDepth: 4,
});

describe('hostile values', () => {
  test.each(Object.entries(ofText))('%s takes any text without throwing', (_, normalise) => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => void normalise(text)));
  });

  test.each(Object.entries(ofAnything))('%s takes anything without throwing', (_, normalise) => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), values, fc.array(values)), (value) => void normalise(value)),
    );
  });

  const pieces = [
    ' ',
    '\n',
    '0',
    '1,',
    '1 ',
    'a',
    'a@',
    '<',
    '<a ',
    '&',
    '-',
    '(',
    'Mo-',
    '9-',
    'a.',
    'am ',
    '\u0301',
    '+1',
  ];

  test.each(Object.entries({ ...ofText, ...ofAnything }))(
    '%s does not slow down on long repetitions',
    (_, normalise) => {
      const taken = cpuTimeOf(() => {
        for (const piece of pieces) {
          for (const length of [60, 250, 500, 2_000, 100_000]) {
            const text = piece.repeat(length / piece.length);
            for (const whole of [text, `1${text}!`, `cancelled${text}!`]) normalise(whole);
          }
        }
      });
      // About 270 calls: quadratic behaviour on the longest would take minutes.
      expect(taken).toBeLessThan(3_000);
    },
  );
});
