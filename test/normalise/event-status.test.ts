import { describe, expect, test } from 'vitest';
import {
  normaliseAttendanceMode,
  normaliseEventStatus,
  schemaNames,
  statusFromName,
} from '../../src/normalise/event-status.ts';

describe('attendance mode', () => {
  describe('normaliseAttendanceMode', () => {
    test.each([
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
});

describe('event status', () => {
  describe('normaliseEventStatus', () => {
    test.each([
      ['https://schema.org/EventCancelled', 'EventCancelled'],
      ['http://schema.org/EventPostponed/', 'EventPostponed'],
      ['schema:EventMovedOnline', 'EventMovedOnline'],
      ['EventRescheduled', 'EventRescheduled'],
      ['CANCELLED', 'EventCancelled'],
      ['canceled', 'EventCancelled'],
      ['TENTATIVE', 'EventScheduled'],
      [{ '@id': 'https://schema.org/EventCancelled' }, 'EventCancelled'],
      [['EventRescheduled', 'EventCancelled'], 'EventCancelled'],
      ['EventScheduled', 'EventScheduled'],
      ['not cancelled', 'EventScheduled'],
      [null, 'EventScheduled'],
      [42, 'EventScheduled'],
    ])('reads %j as %s', (value, expected) => {
      expect(normaliseEventStatus(value)).toBe(expected);
    });
  });
});

describe('schema names', () => {
  describe('schemaNames', () => {
    test('takes addresses, prefixes, objects and lists down to the name', () => {
      expect(
        schemaNames([
          'http://www.schema.org/A',
          'schema:B',
          { '@id': 'https://schema.org/C/' },
          [{ name: 'D' }],
          5,
        ]),
      ).toEqual(['A', 'B', 'C', 'D']);
    });

    test('gives at most fifty names, and none of long texts or deep nesting', () => {
      expect(schemaNames([Array(60).fill('A'), Array(60).fill('B')])).toHaveLength(50);
      expect(schemaNames('x'.repeat(101))).toEqual([]);
      expect(schemaNames([[[[['deep']]]]])).toEqual([]);
    });
  });
});

describe('status from name', () => {
  describe('statusFromName', () => {
    test.each([
      ['Cancelled: Rules Committee', 'EventCancelled'],
      ['CANCELED - Rules Committee', 'EventCancelled'],
      ['*** POSTPONED *** Concert', 'EventPostponed'],
      ['[Rescheduled] Concert', 'EventRescheduled'],
      ['Now online: Concert', 'EventMovedOnline'],
      ['Picnic (cancelled)', 'EventCancelled'],
      ['Picnic - POSTPONED!', 'EventPostponed'],
      ['Cancelled Plans, a comedy', null],
      ['The day they cancelled', null],
      ['Uncancelled: a talk', null],
      ['Picnic', null],
      ['', null],
    ])('reads "%s" as %s and leaves the name', (name, status) => {
      expect(statusFromName(name)).toEqual({ status, name });
    });
  });
});
