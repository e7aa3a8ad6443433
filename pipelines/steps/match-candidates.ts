import { isDeepStrictEqual } from 'node:util';
import type { Known } from './find-known.ts';
import type { Candidate, RecordKind, RecordValues } from './record-kind.ts';

/** A record that a batch makes or changes. */
export interface Draft {
  /** Null until it is written. */
  id: string | null;
  /** As it stands in the database; null for a new record. */
  stored: RecordValues | null;
  values: RecordValues;
  /** The page that the record is owed to; of several, the last that changed it. */
  sourceUrl: string;
  /** Match keys that are to be written for it. */
  newKeys: string[];
}

/** Which record a candidate belongs to; null when that record was deleted here and stays so. */
export interface Match<Values> {
  candidate: Candidate<Values>;
  draft: Draft | null;
}

/**
 * Finds each candidate's record: first by its own page, then by the source's id on other pages, then by
 * match keys. Candidates of one batch that mean the same record meet in one draft.
 */
export function matchCandidates<Values extends object>(
  kind: RecordKind<Values>,
  candidates: readonly (Candidate<Values> & { keys: readonly string[] })[],
  known: Known,
): Match<Values>[] {
  const drafts = new Map<string, Draft>();
  const draftOf = (id: string): Draft | undefined => {
    const record = known.records.get(id);
    if (record === undefined) return undefined;
    const draft = drafts.get(id) ?? { id, stored: record, values: record, sourceUrl: '', newKeys: [] };
    drafts.set(id, draft);
    return draft;
  };
  const byPage = new Map(known.sourceRecords.map((row) => [row.pageKey, row]));
  const byExternalId = Map.groupBy(known.sourceRecords, (row) => row.externalId);
  const madeHere = new Map<string, Draft[]>();
  const byKey = new Map<string, Draft>();
  for (const [key, id] of known.matchKeys) {
    const draft = draftOf(id);
    if (draft !== undefined) byKey.set(key, draft);
  }

  const find = (
    candidate: Candidate<Values> & { keys: readonly string[] },
  ): Draft | 'deleted' | undefined => {
    const own = byPage.get(candidate.pageKey);
    if (own !== undefined) return (own.recordId === null ? undefined : draftOf(own.recordId)) ?? 'deleted';

    const named = byExternalId.get(candidate.externalId) ?? [];
    for (const row of named) {
      const draft = row.recordId === null ? undefined : draftOf(row.recordId);
      if (draft === undefined) continue;
      if (!row.seenInThisRun || kind.isSameOccasion(candidate.values, draft.values)) return draft;
    }
    for (const draft of madeHere.get(candidate.externalId) ?? []) {
      if (kind.isSameOccasion(candidate.values, draft.values)) return draft;
    }
    for (const key of candidate.keys) {
      const draft = byKey.get(key);
      if (draft !== undefined && kind.isSame(candidate.values, draft.values)) return draft;
    }
    return named.length > 0 && named.every((row) => row.recordId === null) ? 'deleted' : undefined;
  };

  return candidates.map((candidate) => {
    const found = find(candidate);
    if (found === 'deleted') return { candidate, draft: null };
    const draft = found ?? { id: null, stored: null, values: {}, sourceUrl: candidate.pageUrl, newKeys: [] };
    const merged = kind.merge(draft.values, candidate.values);
    if (differs(draft.values, merged)) draft.sourceUrl = candidate.pageUrl;
    draft.values = merged;
    for (const key of candidate.keys) {
      if (byKey.has(key)) continue;
      byKey.set(key, draft);
      draft.newKeys.push(key);
    }
    const others = madeHere.get(candidate.externalId) ?? [];
    if (!others.includes(draft)) madeHere.set(candidate.externalId, [...others, draft]);
    return { candidate, draft };
  });
}

/** Whether taking over the new values changes anything. */
export function differs(before: RecordValues, after: RecordValues): boolean {
  return Object.keys(after).some((attribute) => !isEqual(before[attribute], after[attribute]));
}

function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null)
    return (a ?? null) === (b ?? null);
  return isDeepStrictEqual(a, b);
}
