import { describe, expect, it } from 'vitest';
import { normaliseAttendanceMode } from '../../src/normalise/attendance-mode.ts';

describe('normaliseAttendanceMode', () => {
  it.each([
    ['https://schema.org/OnlineEventAttendanceMode', 'OnlineEventAttendanceMode'],
    ['OfflineEventAttendanceMode', 'OfflineEventAttendanceMode'],
    [{ '@id': 'http://schema.org/MixedEventAttendanceMode' }, 'MixedEventAttendanceMode'],
    ['hybrid', 'MixedEventAttendanceMode'],
    ['In-person', 'OfflineEventAttendanceMode'],
    [['OnlineEventAttendanceMode', 'OfflineEventAttendanceMode'], 'MixedEventAttendanceMode'],
    [['online', 'virtual'], 'OnlineEventAttendanceMode'],
    ['constructor', null],
    [undefined, null],
  ])('reads %j as %s', (value, expected) => {
    expect(normaliseAttendanceMode(value)).toBe(expected);
  });
});
