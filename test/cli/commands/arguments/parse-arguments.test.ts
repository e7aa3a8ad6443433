import { describe, expect, it } from 'vitest';
import { nearestWord } from '../../../../src/cli/commands/arguments/nearest-word.ts';
import { parseArguments } from '../../../../src/cli/commands/arguments/parse-arguments.ts';

const specs = {
  spider: { type: 'string', value: 'NAME', help: '' },
  url: { type: 'string', multiple: true, value: 'URL', help: '' },
  json: { type: 'boolean', help: '' },
} as const;

const parse = (...args: string[]) => parseArguments('crawl', specs, 1, args);

describe('parseArguments', () => {
  it('takes values after = or as the next word, several where allowed, flags and words', () => {
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

  it.each([
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
  it('finds a word with a letter wrong, and none for a different one', () => {
    expect(nearestWord('reveiw', ['crawl', 'review'])).toBe('review');
    expect(nearestWord('zzzzz', ['crawl', 'review'])).toBeNull();
    expect(nearestWord('', ['crawl'])).toBeNull();
  });
});
