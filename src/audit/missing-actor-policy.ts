/** What happens to a write outside any actor context. */
export const missingActorPolicies = ['refuse', 'system', 'record'] as const;

/**
 * - `refuse`: nothing is written; the call fails with AUDIT_NO_ACTOR.
 * - `system`: it is recorded as done by the system user.
 * - `record`: it is recorded with the e-mail `unknown` and no actor, and every such model is warned of once.
 */
export type MissingActorPolicy = (typeof missingActorPolicies)[number];

let policy: MissingActorPolicy = 'refuse';

/** For a move to audited writing in steps: `record` first, to find the places, then `refuse`. */
export function setMissingActorPolicy(next: MissingActorPolicy): void {
  policy = next;
}

export function missingActorPolicy(): MissingActorPolicy {
  return policy;
}
