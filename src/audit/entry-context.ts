import type { Actor } from './actor-context.ts';
import type { JsonValue } from './json-value.ts';

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
