import { QueryTypes, type Sequelize } from 'sequelize';
import type { Registration } from '../registration.ts';
import { tableKey } from '../table-key.ts';

/** The models that foreign keys of one column point to, by model and attribute. */
export type ForeignKeys = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Reads from the database which attributes of registered models point to the primary key of registered models. */
export async function foreignKeysOf(
  sequelize: Sequelize,
  registrations: readonly Registration[],
): Promise<ForeignKeys> {
  const rows = await sequelize.query<{ table: string; column: string; target: string; targetColumn: string }>(
    `SELECT CASE own_schema.nspname WHEN 'public' THEN own.relname ELSE own_schema.nspname || '.' || own.relname END AS table,
            own_column.attname AS column,
            CASE target_schema.nspname WHEN 'public' THEN target.relname
                 ELSE target_schema.nspname || '.' || target.relname END AS target,
            target_column.attname AS "targetColumn"
     FROM pg_constraint
     JOIN pg_class own ON own.oid = conrelid JOIN pg_namespace own_schema ON own_schema.oid = own.relnamespace
     JOIN pg_class target ON target.oid = confrelid
     JOIN pg_namespace target_schema ON target_schema.oid = target.relnamespace
     JOIN pg_attribute own_column ON own_column.attrelid = conrelid AND own_column.attnum = conkey[1]
     JOIN pg_attribute target_column ON target_column.attrelid = confrelid AND target_column.attnum = confkey[1]
     WHERE contype = 'f' AND cardinality(conkey) = 1`,
    { type: QueryTypes.SELECT },
  );
  const keys = new Map<string, Map<string, string>>();
  for (const { table, column, target, targetColumn } of rows) {
    const owner = registrations.find(({ model }) => tableKey(model) === table);
    const pointed = registrations.find(({ model }) => tableKey(model) === target);
    if (owner === undefined || pointed === undefined) continue;
    const [key, ...others] = pointed.primaryKeys;
    if (key === undefined || others.length > 0 || columnOf(pointed, key) !== targetColumn) continue;
    const attribute = Object.keys(owner.model.getAttributes()).find(
      (name) => columnOf(owner, name) === column,
    );
    if (attribute === undefined) continue;
    const ofOwner = keys.get(owner.modelName) ?? new Map<string, string>();
    keys.set(owner.modelName, ofOwner.set(attribute, pointed.modelName));
  }
  return keys;
}

function columnOf({ model }: Registration, attribute: string): string {
  return model.getAttributes()[attribute]?.field ?? attribute;
}
