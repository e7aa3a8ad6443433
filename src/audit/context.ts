import { HotspotsError } from '../errors.ts';
import { type Actor, type ActorContext, currentContext, resolveAutomatedActor } from './actors.ts';
import { missingActorPolicy } from './settings.ts';
import type { JsonValue } from './values.ts';

/** What the entries of one write carry: an actor context in which everything lazy is resolved. */
export interface EntryContext {
  readonly actor: Actor;
  readonly runId: string | null;
  readonly sourceUrl: string | null;
  readonly correlationId: string | null;
  readonly remoteAddress: string | null;
  readonly extra: Readonly<Record<string, JsonValue>> | null;
  readonly withoutAudit: string | null;
}

/**
 * Checks, before anything is opened or sent, that a write will have an author.
 *
 * @throws HotspotsError AUDIT_NO_ACTOR outside any context, unless the policy says otherwise.
 */
export function checkContext(modelName: string, operation: string): void {
  if (currentContext() === undefined && missingActorPolicy() === 'refuse')
    throw noActor(modelName, operation);
}

/**
 * The context that a write to a registered model is recorded under, with its lazy parts resolved: this is
 * the moment of the write.
 *
 * @throws HotspotsError AUDIT_NO_ACTOR outside any context, unless the policy says otherwise.
 */
export async function requireContext(modelName: string, operation: string): Promise<EntryContext> {
  const context = currentContext();
  if (context !== undefined) return resolveContext(context);
  switch (missingActorPolicy()) {
    case 'system':
      return { ...nobody, actor: await resolveAutomatedActor('system') };
    case 'record':
      warnOnce(modelName, operation);
      return nobody;
    case 'refuse':
      throw noActor(modelName, operation);
  }
}

/** The entries' part of a context. Extra values that are functions are asked now. */
export async function resolveContext(context: ActorContext): Promise<EntryContext> {
  const extra = Object.entries(context.extra).map(
    ([name, value]) => [name, typeof value === 'function' ? value() : value] as const,
  );
  return {
    actor: await context.actor(),
    runId: context.runId,
    sourceUrl: context.sourceUrl,
    correlationId: context.correlationId,
    remoteAddress: context.remoteAddress,
    extra: extra.length === 0 ? null : Object.fromEntries(extra),
    withoutAudit: context.withoutAudit,
  };
}

const nobody: EntryContext = {
  actor: { id: null, email: 'unknown' },
  runId: null,
  sourceUrl: null,
  correlationId: null,
  remoteAddress: null,
  extra: null,
  withoutAudit: null,
};

const warned = new Set<string>();

function warnOnce(modelName: string, operation: string): void {
  if (warned.has(modelName)) return;
  warned.add(modelName);
  process.emitWarning(
    `${modelName}.${operation} was called outside an actor context; it and what follows is recorded as "unknown".`,
    { code: 'AUDIT_NO_ACTOR' },
  );
}

function noActor(modelName: string, operation: string): HotspotsError {
  return new HotspotsError(
    'AUDIT_NO_ACTOR',
    `${modelName}.${operation} was called outside an actor context, so nobody could be named as its author. ` +
      'Nothing was written. Wrap the call in withUserActor(user, fn), withSystemActor(fn) or withScraperActor(fn).',
  );
}
