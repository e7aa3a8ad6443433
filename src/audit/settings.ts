import { z } from 'zod';
import { HotspotsError } from '../errors.ts';
import type { JsonValue } from './json-value.ts';
import { missingActorPolicies, setMissingActorPolicy } from './missing-actor-policy.ts';

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
