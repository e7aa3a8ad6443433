import { expect } from 'vitest';
import type { UndoConflictReason, UndoStep } from '../../../../src/audit/undo/undo-plan.ts';
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
  // What was kept because another record was to point to it stays, also when the database then refuses that one.
  const isKept = (record: string) => refused.size > 0 && recordsWith(steps, 'referenced').has(record);
  // A removal that turned out impossible, because what was to let go of the record was refused, leaves all of it alone.
  const isLeft = (record: string) =>
    refused.size > 0 && recordsOf(steps.filter(isSkippedRemoval)).has(record);
  for (const [record, { row, isOwn }] of expected) {
    const [was, is] = [before.get(record) ?? null, after.get(record) ?? null];
    const goes = isOwn && !isPointedTo(record, after) && !isKept(record);
    const should = refused.has(record) || isLeft(record) ? was : goes ? null : row;
    expect([record, is]).toEqual([record, should]);
  }
  expect([...after.keys()].filter((record) => !expected.has(record))).toEqual([]);
}

/** The records of which the database refused something. */
export function refusedRecords(steps: readonly UndoStep[]): Set<string> {
  return recordsWith(steps, 'refused');
}

function recordsWith(steps: readonly UndoStep[], reason: UndoConflictReason): Set<string> {
  return recordsOf(steps.filter(({ conflicts }) => conflicts.some((conflict) => conflict.reason === reason)));
}

function recordsOf(steps: readonly UndoStep[]): Set<string> {
  return new Set(steps.map(({ model, objectId }) => `${model}/${objectId}`));
}

function isSkippedRemoval({ kind, state }: UndoStep): boolean {
  return kind === 'remove' && state === 'skipped';
}

function isPointedTo(record: string, rows: Rows): boolean {
  const [model, id] = record.split('/');
  if (model !== 'Hall') return false;
  return [...rows].some(
    ([other, { parentId, hallId }]) =>
      other !== record && [parentId, hallId].some((pointer) => String(pointer) === id),
  );
}
