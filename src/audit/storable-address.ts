import { isIP } from 'node:net';
import { auditSettings } from './settings.ts';

/**
 * A remote address as `log_entries.remote_address` takes it: null where the settings say so, and for what
 * PostgreSQL's `inet` would not take, which must not make the write fail. An IPv6 zone ("%eth0") is cut off.
 */
export function storableAddress(given: string | null): string | null {
  if (!auditSettings().storeRemoteAddress) return null;
  const plain = given?.replace(/%.*$/s, '') ?? '';
  return isIP(plain) === 0 ? null : plain;
}
