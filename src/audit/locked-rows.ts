import type { RowValues } from './registration.ts';

/**
 * Rows read under lock, by object id. A class, because Sequelize copies plain objects in options and
 * passes class instances on as they are.
 */
export class LockedRows {
  readonly #rows: ReadonlyMap<string, RowValues>;

  constructor(rows: ReadonlyMap<string, RowValues>) {
    this.#rows = rows;
  }

  get(objectId: string): RowValues | undefined {
    return this.#rows.get(objectId);
  }
}
