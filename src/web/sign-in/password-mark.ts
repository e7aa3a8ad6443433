import { createHash } from 'node:crypto';

/**
 * A mark of a password hash for the session that was begun with it. A session without the mark of the present
 * password has ended, even if a request that was under way wrote it back.
 */
export function passwordMark(passwordHash: string): string {
  return createHash('sha256').update(passwordHash).digest('base64url').slice(0, 22);
}
