import { QueryTypes } from 'sequelize';
import { jsonValue } from '../../src/audit/index.ts';
import type { PipelineContext } from '../../src/crawl/pipeline.ts';
import { Place } from '../../src/records/index.ts';
import {
  type Decision,
  guardFields,
  type ProposedValue,
  settleSuggestions,
} from '../../src/write-policy/index.ts';
import { boundTo } from './load-existing.ts';
import { type Draft, differing, type Match } from './match-candidates.ts';
import type { MatchedKind } from './record-kind.ts';

/**
 * Marks places whose rating this source replaces although another one gives them a rating too: it is to be computed
 * from both.
 */
export async function markRatings(
  updated: readonly Draft[],
  { transaction, source, isByPerson = false }: PipelineContext,
): Promise<void> {
  if (isByPerson) return;
  const rated = updated.filter(
    ({ stored, values }) =>
      stored?.aggregateRating && differing(stored, { aggregateRating: values.aggregateRating }).length > 0,
  );
  if (rated.length === 0) return;
  const several = await boundTo({ model: Place }).query<{ id: string }>(
    `SELECT DISTINCT record.id FROM (
       SELECT id, id AS object_id FROM places WHERE id = ANY($1)
       UNION ALL
       SELECT duplicate_of_id, id FROM places WHERE duplicate_of_id = ANY($1)
     ) record
     JOIN source_records ON place_id = record.object_id AND source_name <> $2`,
    { bind: [rated.map(({ id }) => id), source.name], type: QueryTypes.SELECT, transaction },
  );
  const ids = new Set(several.map(({ id }) => id));
  for (const draft of rated) {
    if (draft.id !== null && ids.has(draft.id)) draft.values = { ...draft.values, needsRatingUpdate: true };
  }
}

/** How many values a batch did not write. */
export interface GuardedCounts {
  held: number;
  suggested: number;
}

/**
 * Takes out of the drafts what the source may not write: values that were undone, and fields that a person wrote
 * last. Those keep what is stored. What a person imports is all written.
 */
export async function applyWritePolicy<Values extends object>(
  kind: MatchedKind<Values>,
  matches: readonly Match<Values>[],
  { transaction, source, runId, isByPerson = false }: PipelineContext,
): Promise<GuardedCounts> {
  if (isByPerson) return { held: 0, suggested: 0 };
  const known = [...new Set(matches.flatMap(({ draft }) => (draft?.stored ? draft : [])))];
  if (known.length === 0) return { held: 0, suggested: 0 };
  const sequelize = boundTo(kind);
  const proposals = known.flatMap((draft) =>
    differing(draft.stored ?? {}, draft.values).map((field) => ({
      draft,
      ...proposedValue(kind, draft, field),
    })),
  );
  const run = { sourceName: source.name, runId };
  const values: ProposedValue[] = proposals;
  const decisions = await guardFields(sequelize, run, values, kind.definition.together, transaction);
  for (const [index, { draft, field }] of proposals.entries()) {
    if (decisions[index] === 'write' || draft.stored === null) continue;
    draft.values = { ...draft.values, [field]: draft.stored[field] };
  }
  await settle(kind, matches, { transaction, source, runId });
  const count = (wanted: Decision) => decisions.filter((decision) => decision === wanted).length;
  return { held: count('held'), suggested: count('suggested') };
}

function proposedValue<Values extends object>(
  { model }: MatchedKind<Values>,
  { id, stored, values, sourceUrl }: Draft,
  field: string,
): ProposedValue {
  return {
    model: model.name,
    objectId: id ?? '',
    objectLabel: String(stored?.name ?? ''),
    field,
    value: jsonValue(values[field]),
    sourceUrl,
    fillsEmpty: (stored?.[field] ?? null) === null,
  };
}

/** A source that says what the record holds from now on has nothing to suggest any more. */
async function settle<Values extends object>(
  kind: MatchedKind<Values>,
  matches: readonly Match<Values>[],
  { transaction, source }: PipelineContext,
): Promise<void> {
  const model = kind.model.name;
  const ids = matches.flatMap(({ draft }) => (draft?.stored ? (draft.id ?? []) : []));
  const sequelize = boundTo(kind);
  const open = await sequelize.query<{ objectId: string; field: string }>(
    `SELECT object_id AS "objectId", field FROM suggestions
     WHERE model = $1 AND object_id = ANY($2::text[]) AND source_name = $3 AND state = 'open'`,
    { bind: [model, [...new Set(ids)], source.name], type: QueryTypes.SELECT, transaction },
  );
  const agreed = open.filter(({ objectId, field }) =>
    matches.some(
      ({ candidate, draft }) =>
        draft?.id === objectId &&
        draft.stored !== null &&
        Object.hasOwn(candidate.values, field) &&
        differing(draft.values, { [field]: Reflect.get(candidate.values, field) }).length === 0,
    ),
  );
  await settleSuggestions(
    sequelize,
    source.name,
    agreed.map((field) => ({ model, ...field })),
    transaction,
  );
}
