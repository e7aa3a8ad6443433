import { type ContextDetails, runAsActor } from './actor-context.ts';
import { resolveAutomatedActor } from './automated-actors.ts';

/**
 * Runs `fn` as the scraper user: what it writes is recorded as done by a spider or a pipeline. The user row is made on
 * first use.
 *
 * @param details run, source page, correlation id and remote address for the entries; what is left out
 *   is taken from the surrounding context.
 */
export async function withScraperActor<Result>(
  fn: () => Result | PromiseLike<Result>,
  details: ContextDetails = {},
): Promise<Result> {
  const actor = await resolveAutomatedActor('scraper');
  return runAsActor(actor, details, fn);
}
