import { QueryTypes } from 'sequelize';
import type { PipelineContext } from '../../src/crawl/pipeline.ts';
import { applyWritePolicy, markRatings } from './apply-write-policy.ts';
import { contentHash } from './identify-items.ts';
import { boundTo, type Known, loadExisting } from './load-existing.ts';
import { type Draft, differing, type Match, matchCandidates } from './match-candidates.ts';
import type { Candidate, MatchedKind } from './record-kind.ts';

export interface WrittenRecords {
  created: number;
  updated: number;
  /** Candidates that neither made nor changed a record, or that did so together with an earlier one. */
  unchanged: number;
  /** Values that were not written because they were undone, or because a person wrote the field last. */
  held: number;
  suggested: number;
  /** The record of each candidate, in their order; null when it was deleted here. */
  recordIds: (string | null)[];
}

/**
 * Matches a batch of candidates and writes what is new or different: one locked read, one multi-row insert
 * and one multi-row update, each with its log entries, and the book-keeping.
 *
 * A second process that makes the same record at the same time is met at the unique match key; the
 * batch is then rolled back and tried again by the caller, and finds the other's record.
 */
export async function writeRecords<Values extends object>(
  kind: MatchedKind<Values>,
  candidates: readonly Candidate<Values>[],
  context: PipelineContext,
): Promise<WrittenRecords> {
  if (candidates.length === 0) return { ...nothing, recordIds: [] };
  const keysOf = (values: object) => kind.keysOf(values, context.source.name).map(boundedKey);
  const keyed = candidates.map((candidate) => ({ ...candidate, keys: keysOf(candidate.values) }));
  const known = await loadExisting(kind, keyed, context);
  const { matches, keyHolders } = matchCandidates(kind, keyed, known, keysOf, context.isByPerson);
  const drafts = [...new Set(matches.flatMap(({ draft }) => draft ?? []))];
  const created = drafts.filter((draft) => draft.stored === null);
  const guarded = await applyWritePolicy(kind, matches, context);
  const updated = drafts.filter(({ stored, values }) => stored && differing(stored, values).length > 0);
  await markRatings(updated, context);
  await create(kind, created, context);
  await update(kind, updated, context);
  await writeSourceRecords(kind, matches, known, context);
  for (const [key, draft] of claims(matches, known, context)) keyHolders.set(key, draft);
  for (const [key, draft] of keysToKeep(drafts, known, keysOf)) keyHolders.set(key, draft);
  await writeMatchKeys(kind, keyHolders, known, context);
  return {
    created: created.length,
    updated: updated.length,
    unchanged: candidates.length - created.length - updated.length,
    ...guarded,
    recordIds: matches.map(({ draft }) => draft?.id ?? null),
  };
}

const nothing = { created: 0, updated: 0, unchanged: 0, held: 0, suggested: 0 };

/** A name that was not taken over must not cost its record the keys of the name that it keeps. */
function* keysToKeep(
  drafts: readonly Draft[],
  known: Known,
  keysOf: (values: object) => string[],
): Generator<[string, Draft]> {
  for (const draft of drafts) {
    if (draft.stored === null) continue;
    for (const key of keysOf(draft.values)) if (known.matchKeys.get(key) === draft.id) yield [key, draft];
  }
}

async function create<Values extends object>(
  kind: MatchedKind<Values>,
  drafts: readonly Draft[],
  { transaction }: PipelineContext,
): Promise<void> {
  // Columns that no record of the batch says anything about are left to their defaults in the database.
  const fields = [...new Set(drafts.flatMap((draft) => Object.keys(draft.values)))];
  const instances = await kind.model.bulkCreate(
    drafts.map((draft) => draft.values),
    { transaction, fields, audit: { rows: drafts } },
  );
  for (const [index, draft] of drafts.entries()) {
    const instance = instances[index];
    if (instance === undefined) throw new Error('bulkCreate returned fewer records than it was given.');
    draft.id = String(instance.get('id'));
  }
}

async function update<Values extends object>(
  kind: MatchedKind<Values>,
  drafts: readonly Draft[],
  { transaction }: PipelineContext,
): Promise<void> {
  const updatedAt = new Date();
  const attributes = Object.keys(kind.model.getAttributes()).filter(
    (name) => name !== 'id' && name !== 'createdAt',
  );
  await kind.model.bulkCreate(
    drafts.map((draft) => ({ ...draft.values, updatedAt })),
    { transaction, conflictAttributes: ['id'], updateOnDuplicate: attributes, audit: { rows: drafts } },
  );
}

async function writeSourceRecords<Values extends object>(
  kind: MatchedKind<Values>,
  matches: readonly Match<Values>[],
  known: Known,
  { transaction, source, runId }: PipelineContext,
): Promise<void> {
  // Items that share a page key are written once: the statement may not touch a row twice.
  const rows = [...new Map(matches.map((match) => [match.candidate.pageKey, match])).values()];
  await boundTo(kind).query(
    `INSERT INTO source_records
       (kind, source_name, external_id, url, page_key, content_hash, ${kind.foreignKey}, last_seen_run_id)
     SELECT $1, $2, external_id, url, page_key, content_hash, record_id, $8
     FROM unnest($3::text[], $4::text[], $5::uuid[], $6::uuid[], $7::bigint[])
       AS row (external_id, url, page_key, content_hash, record_id)
     ORDER BY page_key
     ON CONFLICT (page_key) DO UPDATE SET
       content_hash = excluded.content_hash,
       ${kind.foreignKey} = coalesce(excluded.${kind.foreignKey}, source_records.${kind.foreignKey}),
       last_seen_at = now(), last_seen_run_id = excluded.last_seen_run_id`,
    {
      bind: [
        kind.kind,
        source.name,
        rows.map(({ candidate }) => candidate.externalId),
        rows.map(({ candidate }) => candidate.pageUrl),
        rows.map(({ candidate }) => candidate.pageKey),
        rows.map(({ candidate }) => candidate.contentHash),
        rows.map(({ candidate, draft }) => nameToKeep(candidate, draft, known)),
        runId,
      ],
      type: QueryTypes.INSERT,
      transaction,
    },
  );
}

/** A source that names a duplicate keeps naming it; the name leads to the record that stays. */
function nameToKeep(
  { pageKey, externalId }: { pageKey: string; externalId: string },
  draft: Draft | null,
  { sourceRecords }: Known,
): string | null {
  if (draft === null) return null;
  const named = sourceRecords.filter((row) => row.externalId === externalId && row.recordId === draft.id);
  const own = named.find((row) => row.pageKey === pageKey) ?? named[0];
  return own?.namedId ?? draft.id;
}

/**
 * A key for each id that the source uses for the first time. Two batches that meet a new id at once (a list and a
 * detail page) would each make a record of it, and where the pages differ in name or start no other key would
 * tell them: the second is met here.
 */
function claims<Values extends object>(
  matches: readonly Match<Values>[],
  known: Known,
  { source, isByPerson = false }: PipelineContext,
): Map<string, Draft> {
  // A file is imported by one process at a time, and what it named may have been deleted here with its key left.
  if (isByPerson) return new Map();
  const usedBefore = new Set(known.sourceRecords.map((row) => row.externalId));
  const claimed = new Map<string, Draft>();
  for (const { candidate, draft } of matches) {
    if (draft === null || draft.stored !== null || usedBefore.has(candidate.externalId)) continue;
    claimed.set(boundedKey(`id|${source.name}|${candidate.externalId}`), draft);
  }
  return claimed;
}

async function writeMatchKeys<Values extends object>(
  kind: MatchedKind<Values>,
  holders: ReadonlyMap<string, Draft>,
  { matchKeys, namedByKey }: Known,
  { transaction }: PipelineContext,
): Promise<void> {
  const rows = [...holders]
    .map(([key, { id }]) => ({ key, id }))
    .filter(({ key, id }) => matchKeys.get(key) !== id)
    // In one order for all writers, so that two batches with the same keys wait instead of deadlocking.
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  if (rows.length === 0) return;
  const taken = rows.filter(({ key }) => namedByKey.has(key));
  if (taken.length > 0) {
    await boundTo(kind).query(
      `DELETE FROM match_keys USING unnest($2::text[], $3::bigint[]) AS held (key, record_id)
       WHERE kind = $1 AND match_keys.key = held.key AND ${kind.foreignKey} = held.record_id`,
      {
        bind: [kind.kind, taken.map(({ key }) => key), taken.map(({ key }) => namedByKey.get(key))],
        type: QueryTypes.DELETE,
        transaction,
      },
    );
  }
  // No ON CONFLICT: a key that appeared since it was looked up means that another process made the record.
  await boundTo(kind).query(
    `INSERT INTO match_keys (kind, key, ${kind.foreignKey})
     SELECT $1, key, record_id FROM unnest($2::text[], $3::bigint[]) AS row (key, record_id)`,
    {
      bind: [kind.kind, rows.map((row) => row.key), rows.map((row) => row.id)],
      type: QueryTypes.INSERT,
      transaction,
    },
  );
}

const maxKeyBytes = 600;

function boundedKey(key: string): string {
  return Buffer.byteLength(key) <= maxKeyBytes ? key : `hash:${contentHash(key)}`;
}
