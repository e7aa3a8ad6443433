import { withUserActor } from '../../src/audit/actors.ts';

export const ana = { id: '41', email: 'ana@example.org' };

/** Runs `fn` with an author, for tests in which it does not matter who that is. */
export function asAna<Result>(fn: () => Result | PromiseLike<Result>): Promise<Result> {
  return withUserActor(ana, fn);
}
