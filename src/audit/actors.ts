import { AsyncLocalStorage } from 'node:async_hooks';
import { HotspotsError } from '../errors.ts';
import type { JsonValue } from './values.ts';

/** Who writes. `id` is the row in `users`; null only while that very row is being made. */
export interface Actor {
  readonly id: string | null;
  readonly email: string;
}

/** An actor, or how to find out who it is: asked at the first write, once per context. */
export type ActorSource = Actor | (() => Actor | PromiseLike<Actor>);

/** A value for `log_entries.extra`, or a function that gives it when an entry is written. */
export type ExtraValue = JsonValue | (() => JsonValue);

/** What the code that is running is recorded under. */
export interface ActorContext {
  /** Gives the actor; a lazy one is resolved at the first call. */
  readonly actor: () => Promise<Actor>;
  readonly runId: string | null;
  readonly sourceUrl: string | null;
  readonly correlationId: string | null;
  readonly remoteAddress: string | null;
  readonly extra: Readonly<Record<string, ExtraValue>>;
  /** Why nothing is recorded here; null where everything is. */
  readonly withoutAudit: string | null;
}

/** What a caller may say about a context besides its actor; what is left out comes from the outer context. */
export interface ContextDetails {
  runId?: string | null;
  sourceUrl?: string | null;
  correlationId?: string | null;
  remoteAddress?: string | null;
  /** Added to the outer context's. */
  extra?: Readonly<Record<string, ExtraValue>>;
}

const storage = new AsyncLocalStorage<ActorContext>();

/** The context of the code that is running, or undefined outside any. */
export function currentContext(): ActorContext | undefined {
  return storage.getStore();
}

/**
 * Runs `fn` so that everything awaited inside it writes as `actor`. Contexts nest; the outer one is back
 * when `fn` has settled, also when it throws.
 */
export function runAsActor<Result>(
  actor: ActorSource,
  details: ContextDetails,
  fn: () => Result | PromiseLike<Result>,
): Promise<Result> {
  const outer = storage.getStore();
  return runInContext(
    {
      actor: actorFunction(actor),
      runId: details.runId === undefined ? (outer?.runId ?? null) : details.runId,
      sourceUrl: details.sourceUrl === undefined ? (outer?.sourceUrl ?? null) : details.sourceUrl,
      correlationId:
        details.correlationId === undefined ? (outer?.correlationId ?? null) : details.correlationId,
      remoteAddress:
        details.remoteAddress === undefined ? (outer?.remoteAddress ?? null) : details.remoteAddress,
      extra: { ...outer?.extra, ...details.extra },
      withoutAudit: outer?.withoutAudit ?? null,
    },
    fn,
  );
}

/** `AsyncLocalStorage.run` is used, never `enterWith`, which leaks to the caller. */
export function runInContext<Result>(
  context: ActorContext,
  fn: () => Result | PromiseLike<Result>,
): Promise<Result> {
  // Awaiting inside the scope matters: a lazy thenable that fn returns must start its work in here.
  return storage.run(context, async () => await fn());
}

/**
 * Runs `fn` outside any context: for work that only happens to be started by somebody, such as a job that a loop
 * takes from a queue. It opens a context of its own.
 */
export function outsideContext<Result>(fn: () => Result): Result {
  return storage.exit(fn);
}

function actorFunction(source: ActorSource): () => Promise<Actor> {
  if (typeof source !== 'function') {
    // Copied: the instance may change or be deleted before the last entry is written.
    const actor = Promise.resolve({ id: source.id, email: source.email });
    return () => actor;
  }
  let resolved: Promise<Actor> | undefined;
  return () => {
    resolved ??= (async () => {
      // Outside the context: what the source asks the database must not ask for the actor again.
      const { id, email } = await storage.exit(() => source());
      return { id, email };
    })();
    return resolved;
  };
}

export type AutomatedActorKind = 'scraper' | 'system';

/** Gives the user row of an automated actor, making it on first use. */
export type AutomatedActorResolver = (kind: AutomatedActorKind) => Promise<Actor>;

let resolver: AutomatedActorResolver | null = null;

/**
 * Tells the audit layer where the system and scraper users live. It knows no user model itself; the
 * models call this once, when they are bound to a database.
 */
export function setAutomatedActorResolver(resolve: AutomatedActorResolver): void {
  resolver = resolve;
}

/** @throws HotspotsError AUDIT_NO_ACTOR when no resolver was set, which means that no models were bound. */
export async function resolveAutomatedActor(kind: AutomatedActorKind): Promise<Actor> {
  if (resolver === null) {
    throw new HotspotsError(
      'AUDIT_NO_ACTOR',
      `The ${kind} actor is not known: no user model is bound to a database. Call defineModels(sequelize) first.`,
    );
  }
  return resolver(kind);
}

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

/**
 * Runs `fn` as the system user: what it writes is recorded as done by a management command or a background task. The user row is made on
 * first use.
 *
 * @param details run, source page, correlation id and remote address for the entries; what is left out
 *   is taken from the surrounding context.
 */
export async function withSystemActor<Result>(
  fn: () => Result | PromiseLike<Result>,
  details: ContextDetails = {},
): Promise<Result> {
  const actor = await resolveAutomatedActor('system');
  return runAsActor(actor, details, fn);
}

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
