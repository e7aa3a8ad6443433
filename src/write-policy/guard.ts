import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import { type FieldOfRecord, fieldAuthors, fieldKey } from '../audit/read/index.ts';
import { config } from '../config.ts';
import type { ProposedValue, ProposingRun } from './proposed-value.ts';
import { storeSuggestions } from './suggestions.ts';

/**
 * Whether an author is a person: not one of the automated actors. Who writes past the program, in psql, counts as
 * a person: somebody did it by hand.
 */
export function isPerson(actorEmail: string): boolean {
  return ![config.scraperActorEmail, config.systemActorEmail].some(
    (email) => email.toLowerCase() === actorEmail.toLowerCase(),
  );
}

/** The fields, by `fieldKey`, whose value a person wrote and has not released. */
export async function writtenByPeople(
  sequelize: Sequelize,
  fields: readonly FieldOfRecord[],
  transaction?: Transaction,
): Promise<Set<string>> {
  const authors = [...(await fieldAuthors(sequelize, fields, transaction)).values()];
  const byPeople = authors.filter(({ actorEmail }) => isPerson(actorEmail));
  if (byPeople.length === 0) return new Set();
  const released = await sequelize.query<FieldOfRecord & { entryId: string }>(
    `SELECT model, object_id AS "objectId", field, entry_id AS "entryId" FROM released_fields
     WHERE (model, object_id, field) IN (SELECT * FROM unnest($1::text[], $2::text[], $3::text[]))`,
    {
      bind: [
        byPeople.map(({ model }) => model),
        byPeople.map(({ objectId }) => objectId),
        byPeople.map(({ field }) => field),
      ],
      type: QueryTypes.SELECT,
      ...(transaction && { transaction }),
    },
  );
  const upTo = new Map(released.map((field) => [fieldKey(field), BigInt(field.entryId)]));
  return new Set(
    byPeople
      .filter((author) => BigInt(author.entryId) > (upTo.get(fieldKey(author)) ?? 0n))
      .map((author) => fieldKey(author)),
  );
}

/** `held`: it was undone. `suggested`: a person wrote the field last, and is asked. */
export type Decision = 'write' | 'held' | 'suggested';

/**
 * Decides what a source may write: not what was undone, and not over what people wrote. Refused values become
 * suggestions where a person wrote last. A hold ends when its source gives another value.
 *
 * @param linked fields of which either all may be written or none, such as latitude and longitude
 * @returns the decisions in the order of the values
 */
export async function guardFields(
  sequelize: Sequelize,
  { sourceName, runId }: ProposingRun,
  proposed: readonly ProposedValue[],
  linked: readonly (readonly string[])[],
  transaction: Transaction,
): Promise<Decision[]> {
  if (proposed.length === 0) return [];
  const held = await heldValues(sequelize, sourceName, proposed, transaction);
  const free = proposed.filter((_, index) => held[index]?.isHeld !== true);
  // A value that only fills what is empty makes no other address of it; one that replaces a part does.
  const linkedOf = ({ field }: FieldOfRecord) => linked.find((fields) => fields.includes(field)) ?? [field];
  const recordGroup = (value: FieldOfRecord) =>
    JSON.stringify([value.model, value.objectId, linkedOf(value)]);
  const replaced = new Set(proposed.filter(({ fillsEmpty }) => fillsEmpty !== true).map(recordGroup));
  const group = (value: FieldOfRecord): FieldOfRecord[] => {
    const { model, objectId, field } = value;
    const fields = replaced.has(recordGroup(value)) ? linkedOf(value) : [field];
    return fields.map((each) => ({ model, objectId, field: each }));
  };
  const asked = new Map(free.flatMap(group).map((field) => [fieldKey(field), field]));
  const guarded = await writtenByPeople(sequelize, [...asked.values()], transaction);
  const alone = proposed.map((value, index): Decision => {
    if (held[index]?.isHeld === true) return 'held';
    return group(value).some((field) => guarded.has(fieldKey(field))) ? 'suggested' : 'write';
  });
  const decisions = together(proposed, alone, linked);
  const others = proposed.filter((_, index) => held[index]?.hasOther === true && alone[index] !== 'held');
  await releaseBySource(sequelize, sourceName, others, transaction);
  const suggested = proposed.filter((_, index) => decisions[index] === 'suggested');
  await storeSuggestions(sequelize, { sourceName, runId }, suggested, transaction);
  return decisions;
}

interface HeldValue {
  isHeld: boolean;
  /** Another value of the field is held from this source. */
  hasOther: boolean;
}

async function heldValues(
  sequelize: Sequelize,
  sourceName: string,
  proposed: readonly ProposedValue[],
  transaction: Transaction,
): Promise<HeldValue[]> {
  const rows = await sequelize.query<HeldValue & { index: number }>(
    `SELECT index, bool_or(value_hash = hash) AS "isHeld", bool_or(value_hash <> hash) AS "hasOther"
     FROM (
       SELECT index, model, "objectId", field, md5(coalesce(value, 'null')::text)::uuid AS hash
       FROM jsonb_to_recordset($1::jsonb) AS proposed (
         index integer, model text, "objectId" text, field text, value jsonb)
     ) proposed
     JOIN holds ON holds.model = proposed.model AND object_id = "objectId" AND holds.field = proposed.field
       AND source_name = $2 AND released_at IS NULL
     GROUP BY index`,
    {
      bind: [JSON.stringify(proposed.map((value, index) => ({ ...value, index }))), sourceName],
      type: QueryTypes.SELECT,
      transaction,
    },
  );
  const found = new Map(rows.map((row) => [row.index, row]));
  return proposed.map((_, index) => found.get(index) ?? { isHeld: false, hasOther: false });
}

/** A decision on one of several linked fields applies to all that are proposed with it. */
function together(
  proposed: readonly ProposedValue[],
  decisions: readonly Decision[],
  linked: readonly (readonly string[])[],
): Decision[] {
  const groupOf = ({ model, objectId, field }: ProposedValue) => {
    const group = linked.findIndex((fields) => fields.includes(field));
    return JSON.stringify([model, objectId, group === -1 ? field : group]);
  };
  const strongest = new Map<string, Decision>();
  for (const [index, value] of proposed.entries()) {
    const decision = decisions[index] ?? 'write';
    const known = strongest.get(groupOf(value)) ?? 'write';
    if (known === 'write' || decision === 'held') strongest.set(groupOf(value), decision);
  }
  return proposed.map((value) => strongest.get(groupOf(value)) ?? 'write');
}

async function releaseBySource(
  sequelize: Sequelize,
  sourceName: string,
  fields: readonly FieldOfRecord[],
  transaction: Transaction,
): Promise<void> {
  if (fields.length === 0) return;
  await sequelize.query(
    `UPDATE holds SET released_at = now(), released_by = 'source'
     WHERE source_name = $1 AND released_at IS NULL
       AND (model, object_id, field) IN (SELECT * FROM unnest($2::text[], $3::text[], $4::text[]))`,
    {
      bind: [
        sourceName,
        fields.map(({ model }) => model),
        fields.map(({ objectId }) => objectId),
        fields.map(({ field }) => field),
      ],
      transaction,
    },
  );
}
