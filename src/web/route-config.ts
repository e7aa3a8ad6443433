import type { TokenScope } from '../accounts/api-token.ts';
import type { UsedToken } from '../accounts/find-api-token.ts';
import type { Role, User } from '../records/user.ts';

/** Who may use a route: everybody, or who has at least this role. */
export type RouteAccess = 'public' | Role;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route says it; the server does not start otherwise. */
    access?: RouteAccess;
    /** A route of the API: tokens are accepted, errors are problem details (RFC 9457). */
    api?: boolean;
    /** What a token must be good for; without it "read" for GET, else "write". */
    scope?: TokenScope;
  }

  interface FastifyInstance {
    /** How many flagged runs nobody has judged. */
    waitingRuns(): Promise<number>;
    /** All routes, and who may use each. */
    readonly routeAccess: { method: string; url: string; access: RouteAccess }[];
  }

  interface FastifyRequest {
    /** Who is signed in, or whose token it is; see `signedInUser`. */
    user: User | null;
    /** The token of a program; null for people, and for nobody. */
    token: UsedToken | null;
  }

  interface Session {
    userId?: string;
    /** Milliseconds since 1970. */
    signedInAt?: number;
    /** Tells the password by which the session was begun from later ones; see `passwordMark`. */
    passwordMark?: string;
    /** Shown on the next page. */
    notice?: string;
    /** Whether the store has it already. */
    isStored?: boolean;
  }
}
