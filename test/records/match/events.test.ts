import { describe, expect, test } from 'vitest';
import { eventKeys, isSameEvent } from '../../../src/records/match/events.ts';

describe('event keys', () => {
  const event = {
    name: 'Board Meeting!',
    startDate: new Date('2026-05-09T13:30:00Z'),
    placeId: '7',
    sourceName: 'city',
  };

  describe('eventKeys', () => {
    test('gives the place first and the source always last', () => {
      expect(eventKeys(event)).toEqual([
        'board meeting|2026-05-09T13:30:00.000Z|place:7',
        'board meeting|2026-05-09T13:30:00.000Z|source:city',
      ]);
      expect(eventKeys({ ...event, placeId: null })).toEqual([
        'board meeting|2026-05-09T13:30:00.000Z|source:city',
      ]);
    });

    test('has none without a name or a date', () => {
      expect(eventKeys({ ...event, name: '' })).toEqual([]);
      expect(eventKeys({ ...event, startDate: new Date(Number.NaN) })).toEqual([]);
    });
  });
});

describe('is same event', () => {
  const startDate = new Date('2026-05-09T13:30:00Z');

  describe('isSameEvent', () => {
    test('is so at one time, unless the places differ', () => {
      expect(isSameEvent({ startDate, placeId: '1' }, { startDate: new Date(startDate), placeId: '1' })).toBe(
        true,
      );
      expect(isSameEvent({ startDate, placeId: '1' }, { startDate, placeId: null })).toBe(true);
      expect(isSameEvent({ startDate, placeId: '1' }, { startDate, placeId: '2' })).toBe(false);
    });

    test('is not so at two times', () => {
      expect(isSameEvent({ startDate, placeId: '1' }, { startDate: new Date(0), placeId: '1' })).toBe(false);
    });
  });
});
