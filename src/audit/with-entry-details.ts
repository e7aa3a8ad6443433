import { type ContextDetails, currentContext, runAsActor } from './actor-context.ts';

/**
 * Runs `fn` as whoever the surrounding context says, and gives the entries of what it writes details of their own.
 * Outside any context it only runs `fn`, whose writes are then refused.
 */
export function withEntryDetails<Result>(
  details: ContextDetails,
  fn: () => Result | PromiseLike<Result>,
): Promise<Result> {
  const outer = currentContext();
  return outer === undefined ? Promise.resolve().then(fn) : runAsActor(outer.actor, details, fn);
}
