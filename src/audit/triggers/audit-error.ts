import { databaseErrorCode } from '../../database/database-error-code.ts';
import { type ErrorCode, HotspotsError } from '../../errors.ts';

/** The SQLSTATEs that our triggers raise (migration 0004). Classes that begin with I to Z are free for use. */
const auditStates: Readonly<Record<string, ErrorCode>> = {
  HSA01: 'AUDIT_NO_ACTOR',
  HSA02: 'AUDIT_APPEND_ONLY',
  HSA03: 'AUDIT_WRITE_REFUSED',
};

/** An error of our triggers as a HotspotsError with its code; every other error as it is. */
export function auditError(error: unknown): unknown {
  const code = auditStates[databaseErrorCode(error) ?? ''];
  if (code === undefined || !(error instanceof Error)) return error;
  return new HotspotsError(code, error.message.replace(/^AUDIT_[A-Z_]+: /, ''), { cause: error });
}
