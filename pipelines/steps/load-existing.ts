import { type Model, type ModelStatic, Op, QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { PipelineContext } from '../../src/crawl/pipeline.ts';
import type { Candidate, MatchedKind, RecordValues } from './record-kind.ts';

/**
 * Where places that were merged into others have gone: for each duplicate the place that stays. Places that are no
 * duplicates are left out.
 */
export async function survivingPlaces(
  sequelize: Sequelize,
  duplicateIds: readonly string[],
  transaction: Transaction,
): Promise<Map<string, string>> {
  if (duplicateIds.length === 0) return new Map();
  // UNION and not UNION ALL: two places that were marked as duplicates of each other must not go on for ever.
  const rows = await sequelize.query<{ duplicate: string; id: string }>(
    `WITH RECURSIVE way AS (
       SELECT id AS duplicate, id, duplicate_of_id FROM places WHERE id = ANY($1)
       UNION
       SELECT duplicate, places.id, places.duplicate_of_id
       FROM way JOIN places ON places.id = way.duplicate_of_id
     )
     SELECT duplicate, id FROM way WHERE duplicate_of_id IS NULL AND id <> duplicate`,
    { bind: [[...duplicateIds]], type: QueryTypes.SELECT, transaction },
  );
  return new Map(rows.map(({ duplicate, id }) => [duplicate, id]));
}

/**
 * What the database already has for the candidates of a batch. What was merged into another record leads to that
 * one; the rows themselves keep naming the duplicate, so that it has its own again when the merge is undone.
 */
export interface Known {
  /** Names that the source has used before. The record may have been deleted here; a person's import makes it anew. */
  sourceRecords: {
    pageKey: string;
    externalId: string;
    recordId: string | null;
    /** The record that the row names. */
    namedId: string | null;
    seenInThisRun: boolean;
  }[];
  /** Record ids by match key. */
  matchKeys: Map<string, string>;
  /** The record that the row of a match key names. */
  namedByKey: Map<string, string>;
  /** The records that those name, read under lock. */
  records: Map<string, RecordValues>;
}

/** Looks the candidates up by the source's names and by match keys, and locks the records that are found. */
export async function loadExisting<Values extends object>(
  kind: MatchedKind<Values>,
  candidates: readonly (Candidate<Values> & { keys: readonly string[] })[],
  context: PipelineContext,
): Promise<Known> {
  const { transaction, source, runId, isByPerson = false } = context;
  const sequelize = boundTo(kind);
  const externalIds = [...new Set(candidates.map((candidate) => candidate.externalId))];
  const sourceRecords = await sequelize.query<Known['sourceRecords'][number]>(
    `SELECT replace(page_key::text, '-', '') AS "pageKey", external_id AS "externalId",
            ${kind.foreignKey} AS "recordId", ${kind.foreignKey} AS "namedId",
            last_seen_run_id IS NOT DISTINCT FROM $4 AS "seenInThisRun"
     FROM source_records
     WHERE source_name = $1 AND kind = $2 AND external_id = ANY($3)`,
    { bind: [source.name, kind.kind, externalIds, runId], type: QueryTypes.SELECT, transaction },
  );
  const keys = [...new Set(candidates.flatMap((candidate) => candidate.keys))];
  const keyRows = await sequelize.query<{ key: string; recordId: string }>(
    `SELECT key, ${kind.foreignKey} AS "recordId" FROM match_keys WHERE kind = $1 AND key = ANY($2)`,
    { bind: [kind.kind, keys], type: QueryTypes.SELECT, transaction },
  );
  const namedByKey = new Map(keyRows.map((row) => [row.key, row.recordId]));
  const ids = new Set([
    ...namedByKey.values(),
    ...sourceRecords.flatMap((row) => row.recordId ?? []),
    ...candidates.flatMap(({ recordId }) => recordId ?? []),
  ]);
  const records = await lockRecords(kind, [...ids], transaction);
  const duplicates = [...records].filter(([, { duplicateOfId }]) => typeof duplicateOfId === 'string');
  const survivors = await survivingPlaces(
    sequelize,
    duplicates.map(([id]) => id),
    transaction,
  );
  const missing = [...new Set(survivors.values())].filter((id) => !records.has(id));
  for (const [id, record] of await lockRecords(kind, missing, transaction)) records.set(id, record);
  const known = isByPerson
    ? sourceRecords.filter(({ recordId }) => records.has(recordId ?? ''))
    : sourceRecords;
  return {
    sourceRecords: known.map((row) => ({
      ...row,
      recordId: (row.recordId === null ? null : survivors.get(row.recordId)) ?? row.recordId,
    })),
    matchKeys: new Map([...namedByKey].map(([key, id]) => [key, survivors.get(id) ?? id])),
    namedByKey,
    records,
  };
}

async function lockRecords<Values extends object>(
  kind: MatchedKind<Values>,
  ids: readonly string[],
  transaction: Transaction,
): Promise<Map<string, RecordValues>> {
  if (ids.length === 0) return new Map();
  const rows = await kind.model.findAll({
    where: { id: { [Op.in]: ids } },
    order: [['id', 'ASC']],
    lock: transaction.LOCK.NO_KEY_UPDATE,
    transaction,
  });
  return new Map(rows.map((row) => [String(row.get('id')), { ...row.get() }]));
}

export function boundTo({ model }: { model: ModelStatic<Model> }) {
  const { sequelize } = model;
  if (sequelize === undefined)
    throw new TypeError('Models are not bound to a database; call defineModels first.');
  return sequelize;
}
