import type { Model, ModelStatic } from 'sequelize';

type Row = Readonly<Record<string, unknown>>;

/**
 * What RETURNING gave for the rows of a `bulkCreate`. Sequelize looks every column of every row up in a list of
 * all attributes, which costs more than the rest of the call: it is handed the key columns alone, and the rest
 * is put into the instances here.
 *
 * A class, because Sequelize copies plain objects in options and passes class instances on as they are.
 */
export class ReturnedRows {
  readonly #attributes: readonly (readonly [attribute: string, column: string])[];
  readonly #keyColumns: readonly string[];
  #rows: readonly Row[] = [];

  constructor(model: ModelStatic<Model>) {
    const attributes = Object.entries(model.getAttributes());
    this.#attributes = attributes.map(([name, { field }]) => [name, field ?? name] as const);
    this.#keyColumns = this.#attributes.flatMap(([name, column]) =>
      model.primaryKeyAttributes.includes(name) ? column : [],
    );
  }

  /** Keeps the rows. @returns them with nothing but their keys. */
  take(rows: readonly unknown[]): Row[] {
    this.#rows = rows.filter(isRow);
    return this.#rows.map((row) =>
      Object.fromEntries(this.#keyColumns.map((column) => [column, row[column]])),
    );
  }

  /** Gives the instances, in the order of the rows, the values that the database has. */
  assignTo(instances: readonly Model[]): void {
    for (const [index, row] of this.#rows.entries()) {
      const instance = instances[index];
      if (instance === undefined) continue;
      const previous: unknown = Reflect.get(instance, '_previousDataValues');
      for (const [attribute, column] of this.#attributes) {
        if (!(column in row)) continue;
        instance.dataValues[attribute] = row[column];
        if (typeof previous === 'object' && previous !== null) Reflect.set(previous, attribute, row[column]);
      }
    }
  }
}

function isRow(row: unknown): row is Row {
  return typeof row === 'object' && row !== null;
}
