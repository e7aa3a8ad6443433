import { BelongsToMany, type Model, type ModelStatic, type Transaction } from 'sequelize';
import type { Registration } from '../registration.ts';
import { throughOf } from '../through-of.ts';

/** A recorded many-to-many relation between records that are pointed to by their primary keys. */
export interface Relation {
  readonly alias: string;
  readonly through: ModelStatic<Model>;
  /** The attributes of the through model that point to the owner and to the related record. */
  readonly ownerKey: string;
  readonly relatedKey: string;
  /** What the relation's own rows have besides. */
  readonly scope: Readonly<Record<string, unknown>>;
}

/** The relations that are recorded on a model. */
export function relationsOf({ model, manyToMany, primaryKeys }: Registration): Relation[] {
  return manyToMany.flatMap((alias) => {
    const association = model.associations[alias];
    if (!(association instanceof BelongsToMany)) return [];
    const { sourceKey, targetKey, target, foreignKey, otherKey } = association;
    if (sourceKey !== primaryKeys[0] || targetKey !== target.primaryKeyAttribute) return [];
    const { model: through, scope } = throughOf(association);
    return { alias, through, ownerKey: foreignKey, relatedKey: otherKey, scope: Object.fromEntries(scope) };
  });
}

/** Whether a field of a plan is a relation, and its values lists of ids: `now` leave, `was` join again. */
export function isRelation({ manyToMany }: Registration, field: string): boolean {
  return manyToMany.includes(field);
}

/** What is attached to each of some records at present, by object id. */
export async function presentLinks(
  { through, ownerKey, relatedKey, scope }: Relation,
  objectIds: readonly string[],
  transaction?: Transaction,
): Promise<Map<string, Set<string>>> {
  const rows = await through.unscoped().findAll({
    where: { ...scope, [ownerKey]: [...objectIds] },
    attributes: [ownerKey, relatedKey],
    ...(transaction && { transaction }),
  });
  const links = new Map<string, Set<string>>();
  for (const row of rows) {
    const owner = String(row.get(ownerKey));
    links.set(owner, (links.get(owner) ?? new Set()).add(String(row.get(relatedKey))));
  }
  return links;
}
