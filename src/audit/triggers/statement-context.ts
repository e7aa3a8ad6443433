import { databaseErrorCode } from '../../database/retry-transaction.ts';
import { type ErrorCode, HotspotsError } from '../../errors.ts';
import { type ActorContext, currentContext, resolveAutomatedActor } from '../actors.ts';
import { type EntryContext, resolveContext } from '../context.ts';
import { missingActorPolicy, storableAddress } from '../settings.ts';
import { storableJson } from '../values.ts';

/** The SQLSTATEs that our triggers raise (migration 0004). Classes that begin with I to Z are free for use. */
const auditStates: Readonly<Record<string, ErrorCode>> = {
  HSA01: 'AUDIT_NO_ACTOR',
  HSA02: 'AUDIT_APPEND_ONLY',
  HSA03: 'AUDIT_WRITE_REFUSED',
};

/** An error of our triggers as a HotspotsError with its code; every other error as it is. */
export function auditError(error: unknown): unknown {
  const code = auditStates[databaseErrorCode(error) ?? ''];
  if (code === undefined || !(error instanceof Error)) return error;
  return new HotspotsError(code, error.message.replace(/^AUDIT_[A-Z_]+: /, ''), { cause: error });
}

/**
 * A context as the comment in front of a statement carries it: JSON in base64url, which has no character that
 * ends a comment, whatever the context says.
 */
export function encodeContext(context: object): string {
  return Buffer.from(storableJson(JSON.stringify(context))).toString('base64url');
}

/** Statements about the transaction or the session, of which Sequelize sends several around each write. */
const aboutSession = /^\s*(?:start\s+transaction|begin|savepoint|release|rollback|set|show)\b[^;]*;?\s*$/i;
const isCommit = /^\s*commit\b[^;]*;?\s*$/i;

/**
 * How much a statement can write, decided cheaply and never too low:
 *
 * - `nothing`: it certainly writes no row: it is about the transaction or the session, or a SELECT without a
 *   parenthesis, which cannot call a function.
 * - `indirectly`: a SELECT may call a function that writes; a COMMIT may run deferred triggers that do.
 * - `anything`: everything else.
 */
export function mayWrite(sql: string): 'nothing' | 'indirectly' | 'anything' {
  if (/^\s*select\b/i.test(sql)) {
    // Sequelize ends its statements with one.
    const semicolon = sql.indexOf(';');
    if (semicolon !== -1 && semicolon !== sql.length - 1) return 'anything';
    return sql.includes('(') ? 'indirectly' : 'nothing';
  }
  if (sql.length > 200) return 'anything';
  if (isCommit.test(sql)) return 'indirectly';
  return aboutSession.test(sql) ? 'nothing' : 'anything';
}

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

/** What every comment of ours begins with; `hotspots_audit_context` in the database looks for it. */
const opening = '/*hotspots ';

/**
 * Kinds of statement that hooks record: W writes rows (an INSERT with ON CONFLICT DO UPDATE does two things at
 * once), D deletes them. Setting references to null, which a deletion may cause in its own table, does not count as D.
 */
export type HookedStatement = 'W' | 'D';

/**
 * The beginning of a statement that the hooks of this table record. The triggers compare it with the beginning
 * of the running statement, so it has no part that depends on the row.
 *
 * The table's name is percent-encoded, with the characters that could end or open a comment.
 */
export function hookedPrefix(statement: HookedStatement, tableKey: string): string {
  return `${opening}hooked=${statement}/${encodedName(tableKey)} `;
}

const encodedNames = new Map<string, string>();

function encodedName(tableKey: string): string {
  const known = encodedNames.get(tableKey);
  if (known !== undefined) return known;
  const name = encodeURIComponent(tableKey.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  encodedNames.set(tableKey, name);
  return name;
}

/**
 * The comment to be put in front of a statement: `/*hotspots hooked=W/places context=BASE64URL *\/`.
 *
 * @param prefix `hookedPrefix`, or null for a statement that no hook records.
 * @param context as `encodeContext` gives it
 */
export function statementMarker(prefix: string | null, context: string): string {
  return `${prefix ?? opening}context=${context} */ `;
}
