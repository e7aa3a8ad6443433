import { HotspotsError } from '../errors.ts';
import type { Actor } from './actor-context.ts';

export type AutomatedActorKind = 'scraper' | 'system';

/** Gives the user row of an automated actor, making it on first use. */
export type AutomatedActorResolver = (kind: AutomatedActorKind) => Promise<Actor>;

let resolver: AutomatedActorResolver | null = null;

/**
 * Tells the audit layer where the system and scraper users live. It knows no user model itself; the
 * models call this once, when they are bound to a database.
 */
export function setAutomatedActorResolver(resolve: AutomatedActorResolver): void {
  resolver = resolve;
}

/** @throws HotspotsError AUDIT_NO_ACTOR when no resolver was set, which means that no models were bound. */
export async function resolveAutomatedActor(kind: AutomatedActorKind): Promise<Actor> {
  if (resolver === null) {
    throw new HotspotsError(
      'AUDIT_NO_ACTOR',
      `The ${kind} actor is not known: no user model is bound to a database. Call defineModels(sequelize) first.`,
    );
  }
  return resolver(kind);
}
