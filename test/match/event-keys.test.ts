import { describe, expect, it } from 'vitest';
import { eventKeys } from '../../src/match/event-keys.ts';

const event = {
  name: 'Board Meeting!',
  startDate: new Date('2026-05-09T13:30:00Z'),
  placeId: '7',
  sourceName: 'city',
};

describe('eventKeys', () => {
  it('gives the place first and the source always last', () => {
    expect(eventKeys(event)).toEqual([
      'board meeting|2026-05-09T13:30:00.000Z|place:7',
      'board meeting|2026-05-09T13:30:00.000Z|source:city',
    ]);
    expect(eventKeys({ ...event, placeId: null })).toEqual([
      'board meeting|2026-05-09T13:30:00.000Z|source:city',
    ]);
  });

  it('has none without a name or a date', () => {
    expect(eventKeys({ ...event, name: '' })).toEqual([]);
    expect(eventKeys({ ...event, startDate: new Date(Number.NaN) })).toEqual([]);
  });
});
