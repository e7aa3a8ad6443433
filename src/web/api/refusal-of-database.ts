import { ForeignKeyConstraintError, UniqueConstraintError, Utils, ValidationError } from 'sequelize';
import { databaseErrorCode } from '../../database/database-error-code.ts';
import type { ErrorCode } from '../../errors.ts';
import type { InputProblem } from './input-error.ts';

interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  /** Which fields it is about, if the database says so. */
  readonly errors?: readonly InputProblem[];
}

/** What it means for who sent a request that the database did not take its values; null for other errors. */
export function refusalOfDatabase(error: Error, method: string): Refusal | null {
  if (error instanceof ForeignKeyConstraintError) {
    return method === 'DELETE'
      ? {
          code: 'RECORD_REFERENCED',
          detail: 'Other records point to this one. Delete them first, or merge them.',
        }
      : {
          code: 'REFERENCE_UNKNOWN',
          detail: 'A field points to a record that does not exist.',
          ...fields(error.parent, 'There is no record of that number.'),
        };
  }
  if (error instanceof UniqueConstraintError) {
    return {
      code: 'RECORD_EXISTS',
      detail: 'There is a record with the same values already.',
      ...fields(error.parent, 'These values together must be new.'),
    };
  }
  // A deadlock, or a conflict of transactions, that further attempts did not get past.
  if (/^40/.test(databaseErrorCode(error) ?? '')) {
    return {
      code: 'AUDIT_CONCURRENT_WRITE',
      detail: 'Others were writing the same records. Nothing was changed. Send the request again.',
    };
  }
  // Classes 22 and 23 of SQLSTATE: a value that its column cannot hold, or that breaks a rule of the table.
  if (error instanceof ValidationError || /^2[23]/.test(databaseErrorCode(error) ?? '')) {
    return { code: 'INPUT_INVALID', detail: `The values were refused: ${error.message.slice(0, 500)}` };
  }
  return null;
}

/** Sequelize does not say which columns a foreign key is of: PostgreSQL's own detail does, `Key (place_id)=(7) …`. */
function fields(error: Error, message: string): { errors?: InputProblem[] } {
  const detail = 'detail' in error && typeof error.detail === 'string' ? error.detail : '';
  const [, columns] = /^Key \(([\w, ]+)\)=/.exec(detail) ?? [];
  if (columns === undefined) return {};
  const names = columns.split(', ').map((column) => Utils.camelize(column));
  return { errors: names.map((name) => ({ pointer: `/${name}`, message, code: 'custom' })) };
}
