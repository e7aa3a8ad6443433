import { randomUUID } from 'node:crypto';
import { currentContext, withEntryDetails } from '../audit/index.ts';

/**
 * Gives all entries of an operation one correlation id, that of the request or job if it has one, and the reason for
 * it as `extra.reason`.
 */
export function asOneOperation<Result>(
  { reason }: { reason?: string | undefined },
  fn: () => Promise<Result>,
): Promise<Result> {
  const correlationId = currentContext()?.correlationId ?? randomUUID();
  return withEntryDetails({ correlationId, ...(reason !== undefined && { extra: { reason } }) }, fn);
}
