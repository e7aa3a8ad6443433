import { expect, test } from 'vitest';
import { optionsOfRun } from '../../src/review/options-of-run.ts';
import { runTitle } from '../../src/review/run-title.ts';

const run = { kind: 'crawl', spider: null, sourceName: null, revertsRunId: null, details: {} } as const;

test.each([
  [{ spider: 'events', sourceName: 'town-library' }, 'events, town-library'],
  [{ kind: 'undo', revertsRunId: '5' }, 'undo of run 5'],
  [{ kind: 'undo' }, 'undo'],
  [{ kind: 'import', details: { file: 'places.csv' } }, 'import of places.csv'],
  [{ kind: 'import' }, 'import'],
  [{ kind: 'command', details: { command: 'cleanup-duplicates' } }, 'command cleanup-duplicates'],
  [{ kind: 'command' }, 'command'],
] as const)('%j is called %j', (given, title) => {
  expect(runTitle({ ...run, ...given })).toBe(title);
});

test.each([
  [
    { options: { merge: true, city: 'Springfield', field: ['a', 'b'] } },
    '--merge --city=Springfield --field=a --field=b',
  ],
  [{ options: {} }, null],
  [{}, null],
])('the options of a command with %j are %j', (details, text) => {
  expect(optionsOfRun({ ...run, kind: 'command', details })).toBe(text);
});
