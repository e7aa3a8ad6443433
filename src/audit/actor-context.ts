import { AsyncLocalStorage } from 'node:async_hooks';

/** Who writes. `id` is the row in `users`; null only while that very row is being made. */
export interface Actor {
  readonly id: string | null;
  readonly email: string;
}

/** What every log entry written inside the context carries. */
export interface ActorContext {
  readonly actor: Actor;
  readonly runId: string | null;
  readonly sourceUrl: string | null;
  readonly correlationId: string | null;
  readonly remoteAddress: string | null;
}

/** What a caller may say about a context besides its actor; what is left out comes from the outer context. */
export interface ContextDetails {
  runId?: string | null;
  sourceUrl?: string | null;
  correlationId?: string | null;
  remoteAddress?: string | null;
}

const storage = new AsyncLocalStorage<ActorContext>();

/** The context of the code that is running, or undefined outside any. */
export function currentContext(): ActorContext | undefined {
  return storage.getStore();
}

/**
 * Runs `fn` so that everything awaited inside it writes as `actor`. Contexts nest; the outer one is back
 * when `fn` has settled, also when it throws. `AsyncLocalStorage.run` is used, never `enterWith`, which
 * leaks to the caller.
 */
export function runAsActor<Result>(
  actor: Actor,
  details: ContextDetails,
  fn: () => Result | PromiseLike<Result>,
): Promise<Result> {
  const outer = storage.getStore();
  const context: ActorContext = {
    actor,
    runId: details.runId === undefined ? (outer?.runId ?? null) : details.runId,
    sourceUrl: details.sourceUrl === undefined ? (outer?.sourceUrl ?? null) : details.sourceUrl,
    correlationId:
      details.correlationId === undefined ? (outer?.correlationId ?? null) : details.correlationId,
    remoteAddress:
      details.remoteAddress === undefined ? (outer?.remoteAddress ?? null) : details.remoteAddress,
  };
  // Awaiting inside the scope matters: a lazy thenable that fn returns must start its work in here.
  return storage.run(context, async () => await fn());
}
