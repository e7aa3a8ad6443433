/** What a benchmark compares. Higher is better for both sides; the ratio is ours ÷ baseline. */
export interface Comparison {
  /** What we measure. */
  readonly ours: string;
  /** What it is compared with. */
  readonly baseline: string;
  readonly unit: string;
  /** The ratio that is aimed at. */
  readonly target: number;
}

const api = 'the same server, routes and model on a plain table, without hooks and triggers';
const target = (what: string) => `the target: ${what}`;

/** Every comparison of `npm run bench`, by its name. README.md shows this table. */
export const comparisons = {
  'crawl-list-first': {
    ours: 'a first crawl of 2,000 event pages found by a paged list: fetched, read, committed and audited',
    baseline:
      'CheerioCrawler with its default storage, which finds the same pages and reads each event’s name',
    unit: 'pages/s',
    target: 2,
  },
  'crawl-list-unchanged': {
    ours: 'the same crawl again, nothing has changed',
    baseline: 'the same CheerioCrawler',
    unit: 'pages/s',
    target: 2,
  },
  'crawl-starts-first': {
    ours: 'a first crawl of the 2,000 event pages, all of them start addresses',
    baseline: 'CheerioCrawler with its default storage, given the same addresses',
    unit: 'pages/s',
    target: 2,
  },
  'crawl-starts-unchanged': {
    ours: 'the same crawl again, nothing has changed',
    baseline: 'the same CheerioCrawler',
    unit: 'pages/s',
    target: 2,
  },
  'pipeline-insert': {
    ours: '5,000 new events through the event pipeline, in batches of 500',
    baseline: '`findOne`, `create` and a row in a log for each, in a transaction each, ten at a time',
    unit: 'items/s',
    target: 8,
  },
  'pipeline-unchanged': {
    ours: 'the same 5,000 events again',
    baseline: '`findOne` for each, in a transaction each, ten at a time',
    unit: 'items/s',
    target: 10,
  },
  'audit-bulk': {
    ours: '`bulkCreate` of 10,000 rows, audited by hooks and triggers',
    baseline: 'the same, not audited',
    unit: 'rows/s',
    target: 0.55,
  },
  'audit-single': {
    ours: '1,000 times `create` and `update`, audited by hooks and triggers',
    baseline: 'the same, not audited',
    unit: 'rows/s',
    target: 0.6,
  },
  'audit-update': {
    ours: '`Model.update` of 100,000 rows, audited by hooks and triggers',
    baseline: 'the same, with a statement trigger that stores whole rows as JSON',
    unit: 'rows/s',
    target: 0.8,
  },
  'audit-bulk-triggers': {
    ours: '`bulkCreate` of 10,000 rows, audited by hooks and triggers',
    baseline: 'the same, audited by hooks alone',
    unit: 'rows/s',
    target: 0.95,
  },
  'audit-single-triggers': {
    ours: '1,000 times `create` and `update`, audited by hooks and triggers',
    baseline: 'the same, audited by hooks alone',
    unit: 'rows/s',
    target: 0.95,
  },
  'verify-log': {
    ours: '`audit verify` of 1,000,000 entries of 100,000 events, in a process of its own',
    baseline: target('100,000 entries/s'),
    unit: 'entries/s',
    target: 1,
  },
  'verify-memory': {
    ours: target('300 MB'),
    baseline: 'the most memory that this process held',
    unit: 'MB',
    target: 1,
  },
  'verify-seals': {
    ours: 'the seals of `audit verify --seals` alone',
    baseline: target('100,000 entries/s'),
    unit: 'entries/s',
    target: 1,
  },
  'undo-plan': {
    ours: 'the plan to undo a run of 2,000 changes, creations or deletions',
    baseline: target('2 seconds'),
    unit: 'changes/s',
    target: 1,
  },
  'undo-apply': {
    ours: 'carrying out that plan',
    baseline: target('10 seconds'),
    unit: 'changes/s',
    target: 1,
  },
  'api-get-one': {
    ours: 'GET of one place over HTTP, at 10, 100 and 500 connections',
    baseline: api,
    unit: 'requests/s',
    target: 0.9,
  },
  'api-get-list': {
    ours: 'GET of a list of 20 places, likewise',
    baseline: api,
    unit: 'requests/s',
    target: 0.9,
  },
  'api-patch': { ours: 'PATCH of two fields, likewise', baseline: api, unit: 'requests/s', target: 0.6 },
  'api-post': { ours: 'POST of a place, likewise', baseline: api, unit: 'requests/s', target: 0.6 },
  'review-lists': {
    ours: 'pages of 50 changes by actor, run and object in 10,000,000 entries, at the 95th percentile',
    baseline: target('25 ms each'),
    unit: 'pages/s',
    target: 1,
  },
  'review-pages': {
    ours: 'pages of review as a viewer gets them from `--entries` entries, at the 95th percentile',
    baseline: target('100 ms each, 200 ms for more than 1,000,000 entries'),
    unit: 'pages/s',
    target: 1,
  },
} as const satisfies Record<string, Comparison>;

export type ComparisonName = keyof typeof comparisons;

/** The comparisons as a table in Markdown. */
export function comparisonTable(): string {
  const rows = Object.entries(comparisons).map(
    ([name, { ours, baseline, unit, target: ratio }]) =>
      `| \`${name}\` | ${ours} | ${baseline} | ${unit} | ${ratio} |`,
  );
  return ['| name | ours | baseline | unit | target |', '|---|---|---|---|---|', ...rows].join('\n');
}
