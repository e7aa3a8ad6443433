import { isIP } from 'node:net';
import { type ActorContext, currentContext } from '../actor-context.ts';
import { resolveAutomatedActor } from '../automated-actors.ts';
import type { EntryContext } from '../entry-context.ts';
import { missingActorPolicy } from '../missing-actor-policy.ts';
import { resolveContext } from '../require-context.ts';
import { auditSettings } from '../settings.ts';

/**
 * What a statement of the running code is to be recorded under, as JSON text for `statementMarker`. Outside
 * any actor context it says what the policy says: that the triggers refuse it, or whom they shall name.
 *
 * @param isIndirect the statement is one that seldom writes: a SELECT, a COMMIT. An actor that cannot be found
 *   out must not make reading fail, so such a statement is refused only if it does write.
 */
export async function statementContext(isIndirect: boolean): Promise<string> {
  const context = currentContext();
  if (context === undefined) return outsideAnyContext(isIndirect);
  return isIndirect ? lenientContext(context) : entryContext(await resolveContext(context));
}

async function lenientContext(context: ActorContext): Promise<string> {
  const [result] = await Promise.allSettled([resolveContext(context)]);
  return result.status === 'fulfilled' ? entryContext(result.value) : refusal;
}

const refusal = JSON.stringify({ refuse: true });

async function outsideAnyContext(isIndirect: boolean): Promise<string> {
  switch (missingActorPolicy()) {
    case 'refuse':
      return refusal;
    case 'record':
      return JSON.stringify({ actorEmail: 'unknown' });
    case 'system': {
      // Finding the system user is itself a query outside any context: it must not wait for itself.
      if (isIndirect) return refusal;
      const { id, email } = await resolveAutomatedActor('system');
      return JSON.stringify({ actorId: id, actorEmail: email });
    }
  }
}

/** What is null is left out: the triggers take what is missing for NULL. */
function entryContext(context: EntryContext): string {
  if (context.withoutAudit !== null) return JSON.stringify({ withoutAudit: true });
  const text = JSON.stringify({
    actorId: context.actor.id,
    actorEmail: context.actor.email,
    runId: context.runId,
    sourceUrl: context.sourceUrl,
    correlationId: context.correlationId,
    remoteAddress: auditSettings().storeRemoteAddress ? address(context.remoteAddress) : null,
    extra: context.extra ?? undefined,
  });
  return replaceUnstorable(text);
}

/** An address that PostgreSQL's `inet` would not take is left out: it must not make the write fail. */
function address(given: string | null): string | null {
  const plain = given?.replace(/%.*$/s, '') ?? '';
  return isIP(plain) === 0 ? null : plain;
}

/** PostgreSQL's text holds neither U+0000 nor half a surrogate pair; JSON.stringify writes both as escapes. */
function replaceUnstorable(json: string): string {
  return json.replace(/\\(u0000|ud[89a-f][0-9a-f]{2}|.)/g, (escaped, kind: string) =>
    kind.length > 1 ? '\\ufffd' : escaped,
  );
}
