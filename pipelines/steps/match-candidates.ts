import { isDeepStrictEqual } from 'node:util';
import type { Known } from './load-existing.ts';
import type { Candidate, MatchedKind, RecordValues } from './record-kind.ts';

/** A record that a batch makes or changes. */
export interface Draft {
  /** Null until it is written. */
  id: string | null;
  /** As it stands in the database; null for a new record. */
  stored: RecordValues | null;
  values: RecordValues;
  /** The page that the record is owed to; of several, the last that changed it. */
  sourceUrl: string;
}

/** Which record a candidate belongs to; null when that record was deleted here and stays so. */
export interface Match<Values> {
  candidate: Candidate<Values>;
  draft: Draft | null;
}

export interface Matching<Values> {
  /** In the order of the candidates. */
  matches: Match<Values>[];
  /** The record that each match key leads to from now on. */
  keyHolders: Map<string, Draft>;
}

/**
 * Finds each candidate's record: the one that it is certain to be about, else first by its own page, then by the source's id on other pages, then by
 * match keys. Candidates of one batch that mean the same record meet in one draft.
 *
 * @param keysOf the match keys of a record as it is now
 * @param emptiesNothing whether a value that is not said stays also where what goes with it is said: what a person
 *   leaves out of an address is no other address
 */
export function matchCandidates<Values extends object>(
  kind: MatchedKind<Values>,
  candidates: readonly (Candidate<Values> & { keys: readonly string[] })[],
  known: Known,
  keysOf: (values: object) => string[],
  emptiesNothing = false,
): Matching<Values> {
  const drafts = new Map<string, Draft>();
  const draftOf = (id: string | null): Draft | undefined => {
    const record = id === null ? undefined : known.records.get(id);
    if (id === null || record === undefined) return undefined;
    const draft = drafts.get(id) ?? { id, stored: record, values: record, sourceUrl: '' };
    drafts.set(id, draft);
    return draft;
  };
  const byPage = new Map(known.sourceRecords.map((row) => [row.pageKey, row]));
  const byExternalId = Map.groupBy(known.sourceRecords, (row) => row.externalId);
  const madeHere = new Map<string, Draft[]>();
  const keyHolders = new Map<string, Draft>();
  for (const [key, id] of known.matchKeys) {
    const draft = draftOf(id);
    if (draft !== undefined) keyHolders.set(key, draft);
  }

  const find = (
    candidate: Candidate<Values> & { keys: readonly string[] },
  ): Draft | 'deleted' | undefined => {
    const certain = draftOf(candidate.recordId ?? null);
    if (certain !== undefined) return certain;
    const mayBe = (draft: Draft) => candidate.idIsLasting || kind.canBecome(candidate.values, draft.values);
    const own = byPage.get(candidate.pageKey);
    if (own !== undefined) {
      const draft = draftOf(own.recordId);
      if (draft === undefined) return 'deleted';
      if (mayBe(draft)) return draft;
    }

    const named = byExternalId.get(candidate.externalId) ?? [];
    for (const row of named) {
      const draft = draftOf(row.recordId);
      if (draft === undefined || !mayBe(draft)) continue;
      if (!row.seenInThisRun || kind.isSameOccasion(candidate.values, draft.values)) return draft;
    }
    for (const draft of madeHere.get(candidate.externalId) ?? []) {
      if (kind.isSameOccasion(candidate.values, draft.values)) return draft;
    }
    for (const key of candidate.keys) {
      const draft = keyHolders.get(key);
      if (draft === undefined) continue;
      if (kind.isSame(candidate.values, draft.values)) return draft;
      // What was merged is recognised as what it was.
      const duplicate = known.matchKeys.get(key) === draft.id ? known.namedByKey.get(key) : undefined;
      const merged = duplicate === draft.id ? undefined : known.records.get(duplicate ?? '');
      if (merged !== undefined && kind.isSame(candidate.values, merged)) return draft;
    }
    return named.length > 0 && named.every(({ recordId }) => draftOf(recordId) === undefined)
      ? 'deleted'
      : undefined;
  };

  const matches = candidates.map((candidate) => {
    const found = find(candidate);
    if (found === 'deleted') return { candidate, draft: null };
    const draft = found ?? { id: null, stored: null, values: {}, sourceUrl: candidate.pageUrl };
    const values = writtenValues(candidate);
    const merged = kind.merge(draft.values, values);
    if (emptiesNothing) {
      for (const [field, value] of Object.entries(values))
        if (value === null) merged[field] = draft.values[field] ?? null;
    }
    if (differing(draft.values, merged).length > 0) draft.sourceUrl = candidate.pageUrl;
    draft.values = merged;
    for (const key of candidate.keys) {
      const holder = keyHolders.get(key);
      // A record that has moved or was renamed leaves its old keys to others.
      if (holder === undefined || !keysOf(holder.values).includes(key)) keyHolders.set(key, draft);
    }
    const others = madeHere.get(candidate.externalId) ?? [];
    if (!others.includes(draft)) madeHere.set(candidate.externalId, [...others, draft]);
    return { candidate, draft };
  });
  return { matches, keyHolders };
}

/** What may be written of what a candidate states. */
function writtenValues<Values extends object>({ values, fields }: Candidate<Values>): Partial<Values> {
  if (fields === undefined) return values;
  const written: Partial<Values> = {};
  for (const name in values) if (fields.includes(name)) written[name] = values[name];
  return written;
}

/** The attributes that taking over the new values changes. */
export function differing(before: RecordValues, after: RecordValues): string[] {
  return Object.keys(after).filter((attribute) => !isEqual(before[attribute], after[attribute]));
}

function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return (a ?? null) === (b ?? null);
  return isDeepStrictEqual(a, b);
}
