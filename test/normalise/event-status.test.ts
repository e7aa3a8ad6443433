import { describe, expect, it } from 'vitest';
import { normaliseEventStatus } from '../../src/normalise/event-status.ts';

describe('normaliseEventStatus', () => {
  it.each([
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
