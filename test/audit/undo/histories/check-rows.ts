import { expect } from 'vitest';
import type { UndoStep } from '../../../../src/audit/undo/undo-plan.ts';
import type { ExpectedRow } from './expected-rows.ts';
import type { HallRow } from './hall-rows.ts';

type Rows = ReadonlyMap<string, HallRow>;

/** Holds the rows after an undo against what they should be. What the database refused must be as it was. */
export function checkRows(
  steps: readonly UndoStep[],
  before: Rows,
  after: Rows,
  expected: ReadonlyMap<string, ExpectedRow>,
): void {
  const refused = refusedRecords(steps);
  for (const [record, { row, isOwn }] of expected) {
    const [was, is] = [before.get(record) ?? null, after.get(record) ?? null];
    const should = refused.has(record) ? was : isOwn && !isPointedTo(record, after) ? null : row;
    expect([record, is]).toEqual([record, should]);
  }
  expect([...after.keys()].filter((record) => !expected.has(record))).toEqual([]);
}

/** The records of which the database refused something. */
export function refusedRecords(steps: readonly UndoStep[]): Set<string> {
  const refused = steps.filter(({ conflicts }) => conflicts.some(({ reason }) => reason === 'refused'));
  return new Set(refused.map(({ model, objectId }) => `${model}/${objectId}`));
}

function isPointedTo(record: string, rows: Rows): boolean {
  const [model, id] = record.split('/');
  if (model !== 'Hall') return false;
  return [...rows].some(
    ([other, { parentId, hallId }]) =>
      other !== record && [parentId, hallId].some((pointer) => String(pointer) === id),
  );
}
