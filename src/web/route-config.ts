import type { Role, User } from '../models/user.ts';

/** Who may use a route: everybody, or who has at least this role. */
export type RouteAccess = 'public' | Role;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route says it; the server does not start otherwise. */
    access?: RouteAccess;
  }

  interface FastifyInstance {
    /** How many flagged runs nobody has judged. */
    waitingRuns(): Promise<number>;
    /** All routes, and who may use each. */
    readonly routeAccess: { method: string; url: string; access: RouteAccess }[];
  }

  interface FastifyRequest {
    /** Who is signed in; see `signedInUser`. */
    user: User | null;
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
