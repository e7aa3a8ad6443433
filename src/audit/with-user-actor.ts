import { type Actor, type ContextDetails, runAsActor } from './actor-context.ts';

/**
 * Runs `fn` as a person: what it writes is recorded as done by `user`.
 *
 * @param user a row of `users`, or its id and e-mail.
 * @param details run, source page, correlation id and remote address for the entries; what is left out
 *   is taken from the surrounding context.
 */
export function withUserActor<Result>(
  user: Actor,
  fn: () => Result | PromiseLike<Result>,
  details: ContextDetails = {},
): Promise<Result> {
  // Copied: the instance may change or be deleted before the last entry is written.
  return runAsActor({ id: user.id, email: user.email }, details, fn);
}
