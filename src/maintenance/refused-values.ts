import { QueryTypes, type Sequelize, type Transaction } from 'sequelize';
import type { JsonValue } from '../audit/index.ts';
import { type FieldOfRecord, fieldKey } from '../audit/read/index.ts';
import { writtenByPeople } from '../write-policy/guard.ts';

/** A value that a command or a task wants to write. */
export interface IntendedValue extends FieldOfRecord {
  /** As log entries hold it. */
  readonly value: JsonValue;
}

/** Why a value is not written: a person wrote the field last, or somebody has undone the very same value. */
export type Refusal = 'leftToPeople' | 'undoneBefore';

/** Which values must not be written by what is no person, by `fieldKey`, and why. */
export async function refusedValues(
  sequelize: Sequelize,
  intended: readonly IntendedValue[],
  transaction: Transaction,
): Promise<Map<string, Refusal>> {
  if (intended.length === 0) return new Map();
  const undone = await sequelize.query<FieldOfRecord>(
    `SELECT DISTINCT model, "objectId", field
     FROM jsonb_to_recordset($1::jsonb) AS intended (model text, "objectId" text, field text, value jsonb)
     WHERE EXISTS (
       SELECT FROM log_entries entry JOIN undone_entries ON entry_id = entry.id
       WHERE entry.model = intended.model AND entry.object_id = "objectId"
         AND entry.changes -> intended.field -> 1 = coalesce(value, 'null'))`,
    { bind: [JSON.stringify(intended)], type: QueryTypes.SELECT, transaction },
  );
  const byPeople = await writtenByPeople(sequelize, intended, transaction);
  return new Map<string, Refusal>([
    ...undone.map((field) => [fieldKey(field), 'undoneBefore'] as const),
    ...[...byPeople].map((key) => [key, 'leftToPeople'] as const),
  ]);
}
