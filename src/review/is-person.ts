import { config } from '../config.ts';

/**
 * Whether an author is a person: not one of the automated actors. Who writes past the program, in psql, counts as
 * a person: somebody did it by hand.
 */
export function isPerson(actorEmail: string): boolean {
  return ![config.scraperActorEmail, config.systemActorEmail].some(
    (email) => email.toLowerCase() === actorEmail.toLowerCase(),
  );
}
