import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks `condition` again and again until it gives something true, and gives that.
 * @param patience in milliseconds
 * @throws Error naming `what` when it takes longer
 */
export async function waitFor<Result>(
  what: string,
  condition: () => Result | Promise<Result>,
  patience = 300_000,
): Promise<NonNullable<Result>> {
  const deadline = performance.now() + patience;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (performance.now() > deadline) throw new Error(`Not within ${patience} ms: ${what}`);
    await delay(15);
  }
}
