import { describe, expect, it } from 'vitest';
import { streetKey } from '../../src/match/street-key.ts';

describe('streetKey', () => {
  it.each([
    ['77 W. Washington St, Ste 1005', '77 West Washington Street Suite 1005'],
    ['500 5th Ave.', '500 Fifth Avenue'],
    ['Hauptstr. 5', 'Hauptstraße 5'],
    ['Lange Str. 5', 'Lange Straße 5'],
    ['1 Sunset Blvd', '1 SUNSET BOULEVARD'],
  ])('is the same for %s and %s', (a, b) => {
    expect(streetKey(a)).toBe(streetKey(b));
  });

  it.each([
    ['77 W Washington St', '77 E Washington St'],
    ['77 Washington St', '77 Washington Ave'],
    ['Hauptstr. 5', 'Hauptstr. 6'],
  ])('differs for %s and %s', (a, b) => {
    expect(streetKey(a)).not.toBe(streetKey(b));
  });
});
