import { describe, expect, test } from 'vitest';
import { eventsSpider } from '../../../../crawlers/events.ts';
import { sampleSources } from '../../../../crawlers/sample/sample-sources.ts';
import { showResult } from '../../../../src/cli/commands/crawl/show-result.ts';
import type { CrawlResult } from '../../../../src/crawl/result.ts';

const [source] = sampleSources;
if (source === undefined) throw new Error('There is a sample source.');
const planned = { spider: eventsSpider, source, sample: true };

const result: CrawlResult = {
  runId: '7',
  state: 'finished',
  resumed: false,
  pages: 2,
  items: 5000,
  created: 5000,
  updated: 0,
  unchanged: 0,
  rejected: 0,
  held: 0,
  suggested: 0,
  failed: 0,
  skipped: 0,
  elapsedMs: 1000,
  jsonLdRepairs: {},
  failures: [],
  rejections: [],
  skips: [],
  problems: [
    {
      code: 'too-many-items',
      message: 'The page has\u001b[31m 12000 items.',
      count: 2,
      sampleUrl: 'http://a.example/',
    },
  ],
};

describe('the result of a crawl', () => {
  test('names what was not wholly read, how often and where, on safe lines', () => {
    const lines = showResult(planned, result, false, []).split('\n');
    const at = lines.indexOf('  Not wholly read:');
    expect(lines.slice(at + 1, at + 3)).toEqual([
      '    2 × The page has\\u{1b}[31m 12000 items.',
      '        http://a.example/',
    ]);
  });

  test('says of a dry run that its counts are higher where groups share a record', () => {
    expect(showResult(planned, result, true, [])).toMatch(/nothing was written.*counts as created in each/s);
  });

  test('ends with the flags of the run, and how to look at it and take it back', () => {
    const flags = [{ rule: 'same-value', sentence: 'Place.name: one value, "Access denied"' }];
    const lines = showResult(planned, { ...result, held: 3, suggested: 1 }, false, flags).split('\n');
    expect(lines[1]).toMatch(/ · held back 3 · suggested 1$/);
    expect(lines.slice(lines.indexOf('  Flags:') + 1)).toEqual([
      '    Place.name: one value, "Access denied"',
      '',
      '  What it changed:',
      '    npm run review -- 7',
      '    npm run review -- --actor=scraper@vibemap.com --since=1d --run=7',
      '  To take it back:',
      '    npm run undo -- --run=7',
    ]);
  });
});
