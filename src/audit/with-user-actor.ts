import { type ActorSource, type ContextDetails, runAsActor } from './actor-context.ts';

/**
 * Runs `fn` as a person: what it writes is recorded as done by `user`.
 *
 * @param user a row of `users`, or its id and e-mail, or a function that finds out who it is. The function is
 *   called at the first write, once: for frameworks that know the user only after the scope was opened.
 * @param details run, source page, correlation id, remote address and extra data for the entries; what is
 *   left out is taken from the surrounding context.
 */
export function withUserActor<Result>(
  user: ActorSource,
  fn: () => Result | PromiseLike<Result>,
  details: ContextDetails = {},
): Promise<Result> {
  return runAsActor(user, details, fn);
}
