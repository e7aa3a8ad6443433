import { describe, expect, it } from 'vitest';
import { splitLocation } from '../../src/normalise/location.ts';

describe('splitLocation', () => {
  it.each([
    [
      'Chicago Low-Income Housing Trust Fund, 77 West Washington Street, Suite 1005, Chicago, IL, 60602, United States',
      'Chicago Low-Income Housing Trust Fund',
      '77 West Washington Street, Suite 1005, Chicago, IL, 60602, United States',
    ],
    [
      'City Hall, Room 200, 121 N. LaSalle St., Chicago',
      'City Hall, Room 200',
      '121 N. LaSalle St., Chicago',
    ],
    ['CPS Loop Office 42 W. Madison Street, Chicago', 'CPS Loop Office', '42 W. Madison Street, Chicago'],
    ['Studio 54, 254 W 54th St, New York', 'Studio 54', '254 W 54th St, New York'],
    ['Rathaus, Marktplatz 1, 10115 Berlin', 'Rathaus', 'Marktplatz 1, 10115 Berlin'],
    ['Library\n12 Main St\nSpringfield', 'Library', '12 Main St, Springfield'],
    ['Rock Quarry Park - 701 Stadium Drive, Durham', 'Rock Quarry Park', '701 Stadium Drive, Durham'],
    ['Hi-Wire - Durham', 'Hi-Wire - Durham', null],
    ['Millennium Park, Chicago, IL 60602', 'Millennium Park', 'Chicago, IL 60602'],
    ['City Hall, 2nd floor', 'City Hall, 2nd floor', null],
    ['Zoom', 'Zoom', null],
    ['77 West Washington Street', null, '77 West Washington Street'],
    ['https://example.org/meeting/1', null, null],
    [' ', null, null],
  ])('parts %j', (line, name, address) => {
    expect(splitLocation(line)).toEqual({ name, address });
  });
});
