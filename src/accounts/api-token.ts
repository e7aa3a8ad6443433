import { createHash } from 'node:crypto';

/** What a token may be used for; its user's role limits it further. */
export const tokenScopes = ['read', 'write', 'review', 'admin'] as const;
export type TokenScope = (typeof tokenScopes)[number];

/** A token as lists show it: the secret itself is nowhere kept. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly scopes: readonly TokenScope[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
  readonly revokedAt: Date | null;
}

/** By this it is recognised where it must not be, in a log or a repository. */
export const tokenPrefix = 'hs_';

/** What a token is stored under. It has 256 random bits, so that a fast hash is enough. */
export function tokenHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
