import { type ActorContext, currentContext } from '../actor-context.ts';
import { resolveAutomatedActor } from '../automated-actors.ts';
import type { EntryContext } from '../entry-context.ts';
import { missingActorPolicy } from '../missing-actor-policy.ts';
import { resolveContext } from '../require-context.ts';
import { storableAddress } from '../storable-address.ts';
import { encodeContext } from './encode-context.ts';

/**
 * What a statement of the running code is to be recorded under, as `encodeContext` encodes it. Outside any actor
 * context it says what the policy says: that the triggers refuse it, or whom they shall name.
 *
 * @param isIndirect the statement is one that seldom writes: a SELECT, a COMMIT. An actor that cannot be found
 *   out must not make reading fail, so such a statement is refused only if it does write.
 */
export function statementContext(isIndirect: boolean): string | Promise<string> {
  const context = currentContext();
  if (context === undefined) return outsideAnyContext(isIndirect);
  const kept = constant.get(context);
  if (kept !== undefined) return kept;
  return isIndirect ? lenientContext(context) : encodedContext(context);
}

async function lenientContext(context: ActorContext): Promise<string> {
  const [result] = await Promise.allSettled([encodedContext(context)]);
  return result.status === 'fulfilled' ? result.value : refusal;
}

/** Most contexts say the same to each of their many statements: those without values that are asked anew. */
const constant = new WeakMap<ActorContext, string>();

async function encodedContext(context: ActorContext): Promise<string> {
  const encoded = entryContext(await resolveContext(context));
  const isConstant = Object.values(context.extra).every((value) => typeof value !== 'function');
  if (isConstant) constant.set(context, encoded);
  return encoded;
}

const refusal = encodeContext({ refuse: true });

async function outsideAnyContext(isIndirect: boolean): Promise<string> {
  switch (missingActorPolicy()) {
    case 'refuse':
      return refusal;
    case 'record':
      return encodeContext({ actorEmail: 'unknown' });
    case 'system': {
      // Finding the system user is itself a query outside any context: it must not wait for itself.
      if (isIndirect) return refusal;
      const { id, email } = await resolveAutomatedActor('system');
      return encodeContext({ actorId: id, actorEmail: email });
    }
  }
}

/** What is null is left out: the triggers take what is missing for NULL. */
function entryContext(context: EntryContext): string {
  if (context.withoutAudit !== null) return encodeContext({ withoutAudit: true });
  return encodeContext({
    actorId: context.actor.id,
    actorEmail: context.actor.email,
    runId: context.runId,
    sourceUrl: context.sourceUrl,
    correlationId: context.correlationId,
    remoteAddress: storableAddress(context.remoteAddress),
    extra: context.extra ?? undefined,
  });
}
