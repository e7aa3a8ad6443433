import type { Model, ModelStatic } from 'sequelize';

/** A model's table as the audit layer names it: "places", or "archive.places" in another schema. */
export function tableKey(model: ModelStatic<Model>): string {
  const table = model.getTableName();
  if (typeof table === 'string') return table;
  return table.schema === '' || table.schema === 'public'
    ? table.tableName
    : `${table.schema}.${table.tableName}`;
}
