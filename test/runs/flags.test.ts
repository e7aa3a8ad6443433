import { describe, expect, test } from 'vitest';
import { type FieldFacts, noFieldFacts, type RunFacts } from '../../src/runs/flags/facts.ts';
import { raiseFlags } from '../../src/runs/flags/raise.ts';

const quiet = { created: 0, updated: 0, deleted: 0, moved: 0 };

function facts(
  place: Partial<RunFacts['models'][string]> = {},
  name: Partial<FieldFacts> = {},
  run: Partial<RunFacts> = {},
): RunFacts {
  const fields = { name: { ...noFieldFacts, ...name } };
  return {
    pages: 20,
    items: 2001,
    rejected: 0,
    isWhole: true,
    ...run,
    models: { Place: { ...quiet, known: 2001, fields, ...place } },
  };
}

const finished = {
  kind: 'crawl',
  state: 'finished',
  error: null,
  pages: 20,
  changes: 100,
  undone: 0,
} as const;

function flagsOf(found: RunFacts, usual: RunFacts[] = [facts()], run: object = {}): string[] {
  return raiseFlags({ ...finished, ...run }, { facts: found, usual }).map(({ sentence }) => sentence);
}

describe('a run is flagged, with the number found and the usual one,', () => {
  test('when one text was written into many records', () => {
    const bad = facts({}, { updates: 300, commonest: 'Access denied', commonestCount: 298 });
    expect(flagsOf(bad, [facts({}, { commonestCount: 0 }), facts({}, { commonestCount: 2 })])).toEqual([
      'Place.name: one value, "Access denied", was written 298 times, usually 0–2',
    ]);
  });

  test('when a field changed on many records', () => {
    const bad = facts({}, { updates: 1988, commonest: 'x', commonestCount: 1 });
    expect(flagsOf(bad, [facts(), facts({}, { updates: 6 })])).toEqual([
      'Place.name changed on 1,988 of 2,001, usually 0–6',
    ]);
  });

  test('when a field was emptied on many', () => {
    expect(flagsOf(facts({}, { updates: 200, emptied: 200 }))).toEqual([
      'Place.name was emptied on 200 of 2,001, usually 0',
    ]);
  });

  test('when records were deleted or moved', () => {
    expect(flagsOf(facts({ deleted: 41, moved: 300 }))).toEqual([
      '41 of 2,001 Place records were deleted, usually 0',
      '300 of 2,001 Place records were moved by more than 1 km, usually 0',
    ]);
  });

  test('when new records lack a field that they usually have', () => {
    const usual = [facts({ created: 50 }, { filled: 48 }), facts({ created: 20 }, { filled: 20 })];
    expect(flagsOf(facts({ created: 40 }, { filled: 1 }), usual)).toEqual([
      'Place.name is filled in on 1 of 40 new records, usually 96–100 %',
    ]);
    expect(flagsOf(facts({ created: 40 }, { filled: 30 }), usual)).toEqual([]);
  });

  test('when far fewer items were found than usual, but not when only a part was to be read', () => {
    expect(flagsOf(facts({}, {}, { items: 12 }))).toEqual(['12 items were found, usually 2,001']);
    expect(flagsOf(facts({}, {}, { items: 12, isWhole: false }))).toEqual([]);
  });

  test('when many items were rejected', () => {
    expect(flagsOf(facts({}, {}, { items: 45, rejected: 36 }), [])).toEqual([
      '36 of 45 items were rejected, with no earlier run to compare with',
    ]);
    expect(flagsOf(facts({}, {}, { rejected: 4 }))).toEqual([]);
  });

  test('when it failed', () => {
    const failed = { state: 'failed', error: 'No start page could be read: status 403', pages: 0 };
    expect(flagsOf(facts({}, {}, { isWhole: false }), [facts()], failed)).toEqual([
      'Failed after 0 pages, usually 20: No start page could be read: status 403',
    ]);
  });

  test('when people have undone much of it', () => {
    expect(flagsOf(facts(), [facts()], { undone: 12 })).toEqual([
      '12 of 100 changes were undone by people, usually 0',
    ]);
    expect(flagsOf(facts(), [facts()], { undone: 9 })).toEqual([]);
  });
});

describe('a run is not flagged', () => {
  test('for what is not known of it, and not compared with what is not known of others', () => {
    const unknown = facts(
      { known: null, created: null, updated: null, deleted: null, moved: null },
      { updates: null, emptied: null, commonestCount: null, filled: null },
      { pages: null, items: null, rejected: null, isWhole: null },
    );
    expect(flagsOf(unknown)).toEqual([]);
    expect(flagsOf(facts({ deleted: 50 }), [unknown])).toEqual([
      '50 of 2,001 Place records were deleted, with no earlier run to compare with',
    ]);
    expect(flagsOf(facts({ deleted: 50 }), [unknown, facts({ deleted: 40 })])).toEqual([]);
  });

  test('for what is usual for its source', () => {
    const busy = facts({ deleted: 50 }, { updates: 600, commonest: 'Closed', commonestCount: 590 });
    expect(flagsOf(busy, [busy, busy, facts()])).toEqual([]);
  });

  test('for little, even where there is nothing to compare with', () => {
    const little = facts({ deleted: 9 }, { updates: 9, commonest: 'x', commonestCount: 9, emptied: 9 });
    expect(flagsOf(little, [])).toEqual([]);
  });

  test('for making records', () => {
    expect(flagsOf(facts({ created: 2001 }, { filled: 2001 }), [])).toEqual([]);
  });

  test('when a person did it on purpose', () => {
    expect(flagsOf(facts({ deleted: 500 }), [], { kind: 'undo' })).toEqual([]);
  });
});
