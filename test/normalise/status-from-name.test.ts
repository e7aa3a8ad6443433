import { describe, expect, it } from 'vitest';
import { statusFromName } from '../../src/normalise/status-from-name.ts';

describe('statusFromName', () => {
  it.each([
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
