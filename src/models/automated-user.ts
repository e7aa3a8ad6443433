import type { AutomatedActorKind } from '../audit/index.ts';
import { config } from '../config.ts';

/** What the row of the system or scraper user says: somebody who writes, but cannot sign in. */
export function automatedUser(kind: AutomatedActorKind) {
  const emails = { scraper: config.scraperActorEmail, system: config.systemActorEmail };
  return { email: emails[kind].toLowerCase(), username: kind, isActive: false, passwordHash: null };
}
