import { describe, expect, test } from 'vitest';
import { normalisePostalAddress, splitLocation } from '../../src/normalise/address.ts';

describe('location', () => {
  describe('splitLocation', () => {
    test.each([
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
});

describe('postal address', () => {
  /** As a list, which reads better in a table: street, town, region, code, country. */
  function parts(value: unknown, country: string | null = null): (string | null)[] | null {
    const address = normalisePostalAddress(value, country);
    if (address === null) return null;
    const { streetAddress, addressLocality, addressRegion, postalCode, addressCountry } = address;
    return [streetAddress, addressLocality, addressRegion, postalCode, addressCountry];
  }

  describe('an address as an object', () => {
    test('is read part by part', () => {
      const address = {
        streetAddress: [' 1 Main St ', '', 'Suite 2'],
        addressLocality: 'Springfield',
        addressRegion: { name: 'IL' },
        postalCode: 62701,
        addressCountry: { '@type': ['Country'], name: 'United States' },
      };
      expect(parts(address)).toEqual(['1 Main St, Suite 2', 'Springfield', 'IL', '62701', 'US']);
      expect(parts([address])).toEqual(parts(address));
    });

    test('takes the country given from outside when it names none that exists', () => {
      expect(parts({ addressLocality: 'Berlin', addressCountry: 'Atlantis' }, 'DE')).toEqual([
        null,
        'Berlin',
        null,
        null,
        'DE',
      ]);
    });

    test('is taken apart when its street holds everything', () => {
      expect(parts({ streetAddress: '1 Main St, Springfield, IL 62701' })).toEqual([
        '1 Main St',
        'Springfield',
        'IL',
        '62701',
        'US',
      ]);
    });

    test('is null without anything but a country', () => {
      for (const value of [null, undefined, 5, {}, [], '', ' ', { addressCountry: 'US' }])
        expect(parts(value, 'US')).toBe(null);
    });
  });

  describe('an address in one line', () => {
    test.each([
      [
        '77 West Washington Street, Suite 1005, Chicago, IL, 60602, United States',
        ['77 West Washington Street, Suite 1005', 'Chicago', 'IL', '60602', 'US'],
      ],
      [
        '121 N. LaSalle St., Chicago, IL 60602-1234',
        ['121 N. LaSalle St.', 'Chicago', 'IL', '60602-1234', 'US'],
      ],
      ['121 N. LaSalle St.\nChicago, Illinois 60602', ['121 N. LaSalle St.', 'Chicago', 'IL', '60602', 'US']],
      ['121 N. LaSalle St.<br/>Chicago, IL, USA', ['121 N. LaSalle St.', 'Chicago', 'IL', null, 'US']],
      ['42 W. Madison Street Chicago, IL 60602', ['42 W. Madison Street', 'Chicago', 'IL', '60602', 'US']],
      [
        '1600 Pennsylvania Ave NW, Washington, D.C. 20500',
        ['1600 Pennsylvania Ave NW', 'Washington', 'DC', '20500', 'US'],
      ],
      ['Atlanta, Georgia 30303', [null, 'Atlanta', 'GA', '30303', 'US']],
      ['100 Queen St W, Toronto, ON M5H 2N2, Canada', ['100 Queen St W', 'Toronto', 'ON', 'M5H 2N2', 'CA']],
      ['100 Queen St W, Toronto, ON, m5h2n2', ['100 Queen St W', 'Toronto', 'ON', 'M5H 2N2', 'CA']],
      [
        '130 St. George Street, Toronto, Ontario, M5S 1A5, Canada',
        ['130 St. George Street', 'Toronto', 'ON', 'M5S 1A5', 'CA'],
      ],
      [
        '500 W. 7th St., Bloomington, 47404, United States',
        ['500 W. 7th St.', 'Bloomington', null, '47404', 'US'],
      ],
      ['192 Lorax Ln\nPittsboro, NC, United States', ['192 Lorax Ln', 'Pittsboro', 'NC', null, 'US']],
      ['10 Downing Street, London SW1A 2AA, UK', ['10 Downing Street', 'London', null, 'SW1A 2AA', 'GB']],
      ['Hauptstraße 5, 10115 Berlin, Deutschland', ['Hauptstraße 5', 'Berlin', null, '10115', 'DE']],
      ['12 rue de la Paix, 75002 Paris, France', ['12 rue de la Paix', 'Paris', null, '75002', 'FR']],
    ])('%j is taken apart', (line, expected) => {
      expect(parts(line)).toEqual(expected);
    });

    test.each([
      '121 N. LaSalle St., Chicago, IL',
      '121 N. LaSalle St. Chicago IL 60602',
      '121 N. LaSalle St., Chicago, XX 60602',
      '121 N. LaSalle St., Chicago, 60602',
      '1 Main St, Toronto, XX M5S 1A5',
      '121 N. LaSalle St., 2nd floor, IL 60602',
      '100 Lake Drive East Chicago, IN 46312',
      'Hauptstraße 5, 10115 Berlin',
      'Somewhere, over the rainbow',
    ])('%j is kept whole, because it leaves doubts', (line) => {
      expect(parts(line)).toEqual([line, null, null, null, null]);
    });

    test('is taken apart by the rules of a country given from outside', () => {
      expect(parts('Hauptstraße 5, 10115 Berlin', 'DE')).toEqual([
        'Hauptstraße 5',
        'Berlin',
        null,
        '10115',
        'DE',
      ]);
      expect(parts('121 N. LaSalle St., Chicago, IL', 'US')).toEqual([
        '121 N. LaSalle St.',
        'Chicago',
        'IL',
        null,
        'US',
      ]);
    });
  });
});
