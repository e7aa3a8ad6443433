import { isIP } from 'node:net';
import { z } from 'zod';
import { HotspotsError } from '../errors.ts';
import type { JsonValue } from './values.ts';

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

const settingsSchema = z.strictObject({
  /** What happens to a write outside any actor context. */
  missingActor: z.enum(missingActorPolicies).optional(),
  /** How masked values are shown, unless a model says otherwise. By default in full: "********". */
  maskValue: z
    .custom<(value: JsonValue) => JsonValue>((value) => typeof value === 'function', 'must be a function')
    .optional(),
  /** Attributes whose names match are masked without being listed; null for none. */
  secretNames: z.instanceof(RegExp).nullable().optional(),
  /** Whether entries hold the address that a request came from. */
  storeRemoteAddress: z.boolean().optional(),
});

export type AuditSettings = z.input<typeof settingsSchema>;

interface CurrentSettings {
  maskValue: (value: JsonValue) => JsonValue;
  secretNames: RegExp | null;
  storeRemoteAddress: boolean;
}

const current: CurrentSettings = {
  maskValue: () => '********',
  secretNames: /password|passwd|secret|token|api_?key|private_?key|credential/i,
  storeRemoteAddress: true,
};

/**
 * Sets how the audit layer works in this process. Settings that concern models hold for those registered
 * afterwards.
 *
 * @throws HotspotsError AUDIT_OPTION_INVALID naming each setting that is unknown or of the wrong type.
 */
export function configureAudit(settings: AuditSettings): void {
  const result = settingsSchema.safeParse(settings);
  if (!result.success) {
    const problems = result.error.issues.map(
      (issue) => `${issue.path.join('.') || 'settings'}: ${issue.message}`,
    );
    throw new HotspotsError(
      'AUDIT_OPTION_INVALID',
      `configureAudit was given settings it cannot use: ${problems.join('; ')}. ` +
        `Allowed: ${Object.keys(settingsSchema.shape).join(', ')}.`,
    );
  }
  const { missingActor, maskValue, secretNames, storeRemoteAddress } = result.data;
  if (missingActor !== undefined) setMissingActorPolicy(missingActor);
  if (maskValue !== undefined) current.maskValue = maskValue;
  if (secretNames !== undefined) current.secretNames = secretNames;
  if (storeRemoteAddress !== undefined) current.storeRemoteAddress = storeRemoteAddress;
}

export function auditSettings(): Readonly<CurrentSettings> {
  return current;
}

/**
 * A remote address as `log_entries.remote_address` takes it: null where the settings say so, and for what
 * PostgreSQL's `inet` would not take, which must not make the write fail. An IPv6 zone ("%eth0") is cut off.
 */
export function storableAddress(given: string | null): string | null {
  if (!auditSettings().storeRemoteAddress) return null;
  const plain = given?.replace(/%.*$/s, '') ?? '';
  return isIP(plain) === 0 ? null : plain;
}
