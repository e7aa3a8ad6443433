import type { Sequelize, Transaction } from 'sequelize';
import { z } from 'zod';
import { idPattern } from '../../ids.ts';
import { type LogEntryFilter, logEntryFilterSchema } from '../read/filter.ts';
import type { Registration } from '../registration.ts';
import type { JsonValue } from '../values.ts';

/** What is to be undone. */
export interface UndoSelection {
  /**
   * All log entries that fit. With `field` only these fields are undone: what the entries created or deleted
   * stays as it is.
   */
  filter?: LogEntryFilter | undefined;
  /** Or these entries. */
  entryIds?: readonly string[] | undefined;
  /** With `entryIds`: only these fields of them. */
  fields?: readonly string[] | undefined;
}

/** Reads a selection, also back from JSON, where moments are text. */
export const undoSelectionSchema: z.ZodType<UndoSelection> = z
  .strictObject({
    filter: z.preprocess(withMoments, logEntryFilterSchema).optional(),
    entryIds: z.array(z.string().regex(idPattern)).min(1).max(10_000).optional(),
    fields: z.array(z.string().min(1)).min(1).optional(),
  })
  .refine(({ filter, entryIds }) => (filter === undefined) !== (entryIds === undefined), {
    error: 'give either a filter or entry ids',
  });

function withMoments(filter: unknown): unknown {
  if (typeof filter !== 'object' || filter === null) return filter;
  return Object.fromEntries(
    Object.entries(filter).map(([key, value]) => [
      key,
      (key === 'since' || key === 'until') && typeof value === 'string' ? new Date(value) : value,
    ]),
  );
}

export const undoPlanStates = ['planned', 'applying', 'applied', 'replaced'] as const;
export type UndoPlanState = (typeof undoPlanStates)[number];

/** What an undo would do: computed and stored, not yet done. */
export interface UndoPlan {
  readonly id: string;
  readonly createdAt: Date;
  readonly createdByEmail: string;
  readonly selection: UndoSelection;
  /** The newest log entry that the plan knows. */
  readonly watermark: string;
  readonly state: UndoPlanState;
  /** The run that carries it out; null before. */
  readonly runId: string | null;
  /** The plan that was made in its place because the records had changed; null while it is the newest. */
  readonly replacedById: string | null;
  readonly counts: UndoCounts;
}

/** How many records each thing happens to; `fields` counts fields. A record may be both restored and skipped. */
export interface UndoCounts {
  /** Log entries that the plan takes back, wholly or in part. */
  readonly entries: number;
  readonly records: number;
  /** Records of which fields get their old values. */
  readonly restored: number;
  readonly fields: number;
  /** Deleted records that return. */
  readonly recreated: number;
  /** Created records that are deleted. */
  readonly removed: number;
  /** Records that already are as they would become. */
  readonly already: number;
  /** Records of which something is left alone because of a conflict. */
  readonly skipped: number;
  /** Conflicts by the e-mail of who changed the value since; "" where nobody is known. */
  readonly conflictsByActor: Readonly<Record<string, number>>;
}

export const undoStepKinds = ['restore', 'recreate', 'remove', 'none'] as const;
export type UndoStepKind = (typeof undoStepKinds)[number];

/** What a plan does to one record. Kind `none`: nothing, because of conflicts or because it is undone already. */
export interface UndoStep {
  readonly position: number;
  readonly kind: UndoStepKind;
  /** `skipped` when it could not be done any more when its turn came; the conflict says why. */
  readonly state: 'pending' | 'done' | 'skipped';
  /** How often the database has refused it: another step may have to make way first. */
  readonly attempts: number;
  readonly model: string;
  readonly objectId: string;
  readonly objectLabel: string;
  /** The oldest and the newest entry of the record that is taken back. */
  readonly firstEntryId: string;
  readonly lastEntryId: string;
  readonly fields: readonly UndoField[];
  readonly conflicts: readonly UndoConflict[];
  /** Fields that already have the value they would get. */
  readonly alreadyUndone: readonly string[];
}

/** A field that gets back the value it had. */
export interface UndoField {
  readonly field: string;
  /** The value that is taken back: what the field must still hold. */
  readonly now: JsonValue;
  /** The value that returns. */
  readonly was: JsonValue;
  /** The entries whose values are taken back, the oldest first. */
  readonly entryIds: readonly string[];
  /** Who wrote the value that returns, and in which entry; null where nobody did. */
  readonly author: { readonly actorEmail: string; readonly entryId: string } | null;
}

export const undoConflictReasons = [
  /** Another entry wrote the field since. */
  'changed',
  /** The record was deleted since. */
  'deleted',
  /** A created record was edited since, and is therefore kept. */
  'edited',
  /** Other records point to a created record, which is therefore kept. */
  'referenced',
  /** The log does not know the values of a masked field. */
  'masked',
  /** The field has a value that no entry tells of: it was changed outside the audit log. */
  'unrecorded',
  /** The database refused the old value: it is taken, or what it points to is gone. */
  'refused',
] as const;
export type UndoConflictReason = (typeof undoConflictReasons)[number];

/** Something that is left alone, and why. */
export interface UndoConflict {
  /** Null when the whole record is meant. */
  readonly field: string | null;
  readonly reason: UndoConflictReason;
  /** Who did what stands in the way, and in which entry; null where that is not known. */
  readonly actorEmail: string | null;
  readonly entryId: string | null;
  /** The value that the field has. */
  readonly value: JsonValue;
  /** One sentence for people. */
  readonly message: string;
}

/** What is to happen to a record, before the relations between records are looked at. */
export interface PlannedRecord {
  kind: UndoStepKind;
  fields: PlannedField[];
  conflicts: UndoConflict[];
  alreadyUndone: string[];
  /** What happens to a created record instead of its removal, should others point to it. */
  ifKept?: Omit<PlannedRecord, 'ifKept'>;
}

/** `author` is left to be found out when it is undefined: then it lies before the history. */
export type PlannedField = Omit<UndoField, 'author'> & { author: UndoField['author'] | undefined };

/** Steps of one kind and model that are written together. */
export interface StepGroup {
  readonly sequelize: Sequelize;
  readonly planId: string;
  readonly registration: Registration;
  readonly steps: readonly UndoStep[];
  readonly transaction: Transaction;
}

/** A value that an undo has taken back: one for each entry and field. */
export interface UndoneValue {
  readonly model: string;
  readonly objectId: string;
  readonly objectLabel: string;
  readonly field: string;
  readonly value: JsonValue;
  /** What the field holds instead. */
  readonly restored: JsonValue;
  /** What happens to the record. */
  readonly kind: UndoStepKind;
  /** The entry that had written it, and that entry's run. */
  readonly entryId: string;
  readonly runId: string | null;
}

/** The entries that a step takes back. One that has no fields to show, of a record without any, names two. */
export function entriesOfStep({
  fields,
  firstEntryId,
  lastEntryId,
}: Pick<UndoStep, 'fields'> & Partial<Pick<UndoStep, 'firstEntryId' | 'lastEntryId'>>): string[] {
  const ids = fields.flatMap(({ entryIds }) => entryIds);
  const ends = [firstEntryId ?? [], lastEntryId ?? []].flat();
  return [...new Set(ids.length > 0 ? ids : ends)];
}
