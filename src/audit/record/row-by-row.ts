import { type Model, type ModelStatic, Op, type Transaction, type WhereOptions } from 'sequelize';
import { withScope } from '../../database/sequelize-internals.ts';
import { HotspotsError } from '../../errors.ts';

/** Options of `Model.update`, `destroy` and `restore`, as far as they say which rows are meant. */
export interface SetWriteOptions {
  where?: WhereOptions;
  transaction?: Transaction | null;
  limit?: number;
  returning?: unknown;
  fields?: string[];
  validate?: boolean;
  silent?: boolean;
  force?: boolean;
  paranoid?: boolean;
  truncate?: boolean;
}

/** Does to each row what the set-based call would do to all, so that each is seen by the hooks. */
export type RowByRow = (
  model: ModelStatic<Model>,
  values: unknown,
  options: SetWriteOptions & { transaction: Transaction },
) => Promise<unknown>;

const chunkSize = 500;

/** @returns as `Model.update`: the count, and the instances with `returning`. */
export const updateRowByRow: RowByRow = async (model, values, options) => {
  const { transaction, fields, validate, silent, returning, paranoid } = options;
  if (options.where === undefined) throw new Error('Missing where attribute in the options parameter');
  const given = Object.fromEntries(Object.entries(values ?? {}).filter(([, value]) => value !== undefined));
  const key = model.primaryKeyAttributes.find((name) => name in given);
  // An instance keeps its key whatever it is told.
  if (key !== undefined) throw keyRefused(model, key);
  const rows: Model[] = [];
  let count = 0;
  // Sequelize knows no UPDATE with a limit on PostgreSQL, and ignores it.
  const { limit: _, ...all } = withScope(model, options);
  for await (const instance of lockedInstances(model, all, paranoid ?? true)) {
    instance.set(given);
    await instance.save({
      transaction,
      ...(fields && { fields }),
      ...(validate !== undefined && { validate }),
      ...(silent !== undefined && { silent }),
    });
    count += 1;
    if (returning) rows.push(instance);
  }
  return returning ? [count, rows] : [count];
};

function keyRefused(model: ModelStatic<Model>, key: string): HotspotsError {
  return new HotspotsError(
    'AUDIT_WRITE_REFUSED',
    `${model.name}.update of ${key}, a primary key, cannot be recorded without audit triggers, so nothing was written. ` +
      'Instead, create the row under its new key and destroy the old one.',
  );
}

/** @returns as `Model.destroy`: the count. */
export const destroyRowByRow: RowByRow = async (model, _, options) => {
  const { transaction, force } = options;
  if (options.where === undefined)
    throw new Error('Missing where or truncate attribute in the options parameter of model.destroy.');
  let count = 0;
  for await (const instance of lockedInstances(model, withScope(model, options), force !== true)) {
    await instance.destroy({ transaction, ...(force !== undefined && { force }) });
    count += 1;
  }
  return count;
};

/** @returns as `Model.restore`: nothing. */
export const restoreRowByRow: RowByRow = async (model, _, options) => {
  for await (const instance of lockedInstances(model, options, false)) {
    await instance.restore({ transaction: options.transaction });
  }
};

/** The rows that are meant, locked, in the order of their keys, a chunk at a time. */
async function* lockedInstances(
  model: ModelStatic<Model>,
  { where = {}, limit, transaction }: SetWriteOptions & { transaction: Transaction },
  paranoid: boolean,
): AsyncGenerator<Model> {
  const [key, ...otherKeys] = model.primaryKeyAttributes;
  // A compound key cannot be paged by one column: those rows are read at once.
  const paged = key !== undefined && otherKeys.length === 0;
  let last: unknown;
  let left = limit ?? Number.POSITIVE_INFINITY;
  while (left > 0) {
    const after = paged && last !== undefined ? [{ [key]: { [Op.gt]: last } }] : [];
    const size = paged ? Math.min(chunkSize, left) : limit;
    const chunk = await model.unscoped().findAll({
      where: { [Op.and]: [where, ...after] },
      order: model.primaryKeyAttributes.map((name) => [name, 'ASC'] satisfies [string, string]),
      lock: transaction.LOCK.NO_KEY_UPDATE,
      transaction,
      paranoid,
      ...(size !== undefined && { limit: size }),
    });
    yield* chunk;
    if (!paged || chunk.length < chunkSize) return;
    left -= chunk.length;
    last = chunk.at(-1)?.get(key);
  }
}
