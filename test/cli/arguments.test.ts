import { describe, expect, test } from 'vitest';
import { nearestWord, parseArguments } from '../../src/cli/arguments.ts';
import { momentOption } from '../../src/cli/commands/options.ts';

describe('moment', () => {
  const now = Temporal.Instant.from('2027-03-10T12:00:00Z');
  const read = (text: string) => momentOption('review', '--since', text, now)?.toISOString();

  describe('moment', () => {
    test.each([
      ['30m', '2027-03-10T11:30:00.000Z'],
      ['12h', '2027-03-10T00:00:00.000Z'],
      ['7d', '2027-03-03T12:00:00.000Z'],
      ['2w', '2027-02-24T12:00:00.000Z'],
      ['2027-03-01T18:00Z', '2027-03-01T18:00:00.000Z'],
      ['2027-03-01T18:00:00+02:00', '2027-03-01T16:00:00.000Z'],
    ])('reads %s', (text, expected) => {
      expect(read(text)).toBe(expected);
    });

    test('takes a date without an offset as midnight of this machine', () => {
      expect(read('2027-03-01')).toBe(new Date(2027, 2, 1).toISOString());
    });

    test.each(['7', '7x', '-7d', 'yesterday', '2027-02-30', '2027-13-01', '9999999d', '2027-03-01T99:00Z'])(
      'refuses %s and says what it takes',
      (text) => {
        expect(() => read(text)).toThrow(/--since must be a span such as 30m.*given: /);
      },
    );
  });
});

describe('parse arguments', () => {
  const specs = {
    spider: { type: 'string', value: 'NAME', help: '' },
    url: { type: 'string', multiple: true, value: 'URL', help: '' },
    json: { type: 'boolean', help: '' },
  } as const;

  const parse = (...args: string[]) => parseArguments('crawl', specs, 1, args);

  describe('parseArguments', () => {
    test('takes values after = or as the next word, several where allowed, flags and words', () => {
      const given = parse(
        '--spider=events',
        '--url',
        'https://a.example',
        '--url=https://b.example',
        'word',
        '--json',
      );
      expect(given.text('spider')).toBe('events');
      expect(given.texts('url')).toEqual(['https://a.example', 'https://b.example']);
      expect(given.flag('json')).toBe(true);
      expect(given.positionals).toEqual(['word']);
      expect(parse().text('spider')).toBeUndefined();
      expect(parse().flag('json')).toBe(false);
    });

    test.each([
      [['--spidr=x'], 'crawl has no option --spidr. Did you mean --spider?'],
      [['--wholly-other'], 'crawl has no option --wholly-other. Options are --spider, --url, --json.'],
      [['-x'], 'crawl has no option -x. Options are'],
      [['--constructor'], 'crawl has no option --constructor.'],
      [['--spider'], '--spider needs a value: --spider=NAME.'],
      [['--spider='], '--spider needs a value: --spider=NAME.'],
      [['--spider=a', '--spider=b'], '--spider was given twice; once is allowed.'],
      [['--json=yes'], '--json takes no value; given: "yes".'],
      [['a', 'b'], '"b" is one word too many.'],
    ])('refuses %j with one line', (args, message) => {
      expect(() => parse(...args)).toThrow(message);
      expect(() => parse(...args)).toThrow(/ See: npm run hotspots -- crawl --help$/);
    });
  });

  describe('nearestWord', () => {
    test('finds a word with a letter wrong, and none for a different one', () => {
      expect(nearestWord('reveiw', ['crawl', 'review'])).toBe('review');
      expect(nearestWord('zzzzz', ['crawl', 'review'])).toBeNull();
      expect(nearestWord('', ['crawl'])).toBeNull();
    });
  });
});
