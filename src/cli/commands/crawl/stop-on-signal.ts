/**
 * An abort signal that the first SIGINT or SIGTERM gives; the second one ends the process at once.
 * Disposing it gives the signals back their usual meaning.
 *
 * @param unfinished what is still brought to its end after the first one, for the message
 */
export function stopOnSignal(unfinished: string): Disposable & { signal: AbortSignal } {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    // 128 + the signal's number, as shells count.
    if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    process.stderr.write(`\nStopping after ${unfinished}. Once more stops at once.\n`);
    controller.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
