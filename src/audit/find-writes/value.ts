/** What an expression is, as far as Sequelize is concerned. A promise counts as what it resolves to. */
export type Value =
  | { readonly kind: 'model'; readonly model: string }
  /** A row. `model` is null where only that it is one is known. */
  | { readonly kind: 'instance'; readonly model: string | null }
  | { readonly kind: 'instances'; readonly model: string | null }
  /** `[instance, created]`, of findOrCreate and upsert. */
  | { readonly kind: 'pair'; readonly model: string | null }
  /** `{ rows, count }`, of findAndCountAll. */
  | { readonly kind: 'page'; readonly model: string | null }
  /** Sequelize's class `Model` itself. */
  | { readonly kind: 'base' }
  | { readonly kind: 'sequelize' }
  | { readonly kind: 'queryInterface' };

const pairs = new Set(['findOrCreate', 'findCreateFind', 'findOrBuild', 'upsert']);
const singles = new Set(['findOne', 'findByPk', 'create', 'build']);
const variants = new Set(['scope', 'unscoped', 'schema']);
const sameRow = new Set(['save', 'update', 'reload', 'increment', 'decrement', 'set', 'restore']);
const oneOf = new Set(['find', 'findLast', 'at', 'pop', 'shift']);
const someOf = new Set(['filter', 'slice', 'concat', 'sort', 'reverse', 'toSorted', 'toReversed', 'splice']);

/** What a method of a value gives; null where that is not known. */
export function methodResult(value: Value, method: string): Value | null {
  switch (value.kind) {
    case 'model':
      if (variants.has(method)) return value;
      if (singles.has(method)) return { kind: 'instance', model: value.model };
      if (pairs.has(method)) return { kind: 'pair', model: value.model };
      if (method === 'findAll' || method === 'bulkCreate') return { kind: 'instances', model: value.model };
      return method === 'findAndCountAll' ? { kind: 'page', model: value.model } : null;
    case 'instance':
      if (sameRow.has(method)) return value;
      // `getEvents` gives rows, `getPlace` and `createEvent` one; the name is all there is to tell by.
      if (/^get[A-Z].*s$/.test(method)) return { kind: 'instances', model: null };
      return /^(?:get|create)[A-Z]/.test(method) && !rowMethods.has(method)
        ? { kind: 'instance', model: null }
        : null;
    case 'instances':
      if (oneOf.has(method)) return { kind: 'instance', model: value.model };
      return someOf.has(method) ? value : null;
    case 'sequelize':
      return method === 'getQueryInterface' ? { kind: 'queryInterface' } : null;
    default:
      return null;
  }
}

/** What a property or a place in a destructured pattern gives. */
export function memberResult(value: Value, name: string | number): Value | null {
  if (name === 'sequelize' && (value.kind === 'model' || value.kind === 'instance'))
    return { kind: 'sequelize' };
  if (value.kind === 'pair' && name === 0) return { kind: 'instance', model: value.model };
  if (value.kind === 'instances' && typeof name === 'number') return { kind: 'instance', model: value.model };
  return value.kind === 'page' && name === 'rows' ? { kind: 'instances', model: value.model } : null;
}

/** Methods of every row that are named like association methods and are none. */
export const rowMethods: ReadonlySet<string> = new Set([
  'getDataValue',
  'setDataValue',
  'setAttributes',
  'addHook',
  'removeHook',
]);
