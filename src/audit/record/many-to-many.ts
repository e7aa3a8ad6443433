import type { BelongsToMany, Model, ModelStatic } from 'sequelize';

/** The model whose rows attach records to each other. */
export interface Through {
  model: ModelStatic<Model>;
  /** Attributes that the association's own rows have, with their values. */
  scope: [string, unknown][];
}

/** @throws TypeError for an association that has none */
export function throughOf(association: BelongsToMany): Through {
  const through: unknown = Reflect.get(association, 'through');
  if (typeof through === 'object' && through !== null && 'model' in through && isModel(through.model)) {
    const scope: unknown = Reflect.get(through, 'scope');
    return { model: through.model, scope: typeof scope === 'object' ? Object.entries(scope ?? {}) : [] };
  }
  throw new TypeError('A belongsToMany association has a through model.');
}

function isModel(value: unknown): value is ModelStatic<Model> {
  return typeof value === 'function' && 'sequelize' in value;
}
