import type { Model, ModelStatic } from 'sequelize';
import { setLoaded } from '../../database/sequelize-internals.ts';
import type { Actor } from '../actors.ts';
import type { JsonValue, RowValues } from '../values.ts';

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
      setLoaded(instance, this.#attributes, row);
    }
  }
}

function isRow(row: unknown): row is Row {
  return typeof row === 'object' && row !== null;
}

/**
 * Whether all statements of a call have their entries. A class, because Sequelize copies plain objects in options
 * and passes class instances on as they are.
 */
export class WriteProgress {
  #unrecorded = 0;

  sent(): void {
    this.#unrecorded += 1;
  }

  recorded(): void {
    this.#unrecorded -= 1;
  }

  get isBehind(): boolean {
    return this.#unrecorded > 0;
  }
}

/**
 * What one row's entry carries instead of its context's values: for batches whose rows come from
 * different pages or people.
 */
export interface EntryDetails {
  actor?: Actor;
  sourceUrl?: string | null;
  /** Added to the context's. */
  extra?: Readonly<Record<string, JsonValue>>;
}

/** Passed to Sequelize calls as `options.audit`. Sequelize hands unknown options on to the hooks. */
export interface AuditOptions {
  /** For `bulkCreate`: the details of each row, in the order of the rows. */
  rows?: readonly EntryDetails[] | undefined;
  /** Set by the audit layer itself, for `bulkCreate` with `updateOnDuplicate`. */
  lockedRows?: LockedRows;
  /** Set by the audit layer itself: the database records this statement, the hooks leave it alone. */
  byTrigger?: boolean;
  /** Set by the audit layer itself. */
  progress?: WriteProgress;
  /** Set by the audit layer itself, for `bulkCreate`. */
  returned?: ReturnedRows;
}

declare module 'sequelize' {
  interface BulkCreateOptions {
    audit?: AuditOptions;
  }
}

/**
 * Query options of a statement of the audit layer itself, such as the insert of entries. It touches no
 * registered table, so the triggers need not be told whose it is.
 */
export const skipAudit = { skipAudit: true } as const;

export function skipsAudit(options: object): boolean {
  return 'skipAudit' in options;
}
