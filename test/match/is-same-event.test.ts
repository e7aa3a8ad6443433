import { describe, expect, it } from 'vitest';
import { isSameEvent } from '../../src/match/is-same-event.ts';

const startDate = new Date('2026-05-09T13:30:00Z');

describe('isSameEvent', () => {
  it('is so at one time, unless the places differ', () => {
    expect(isSameEvent({ startDate, placeId: '1' }, { startDate: new Date(startDate), placeId: '1' })).toBe(
      true,
    );
    expect(isSameEvent({ startDate, placeId: '1' }, { startDate, placeId: null })).toBe(true);
    expect(isSameEvent({ startDate, placeId: '1' }, { startDate, placeId: '2' })).toBe(false);
  });

  it('is not so at two times', () => {
    expect(isSameEvent({ startDate, placeId: '1' }, { startDate: new Date(0), placeId: '1' })).toBe(false);
  });
});
