import { HotspotsError } from '../errors.ts';
import { type ActorContext, currentContext } from './actor-context.ts';

/**
 * The context that a write to a registered model is recorded under.
 *
 * @throws HotspotsError AUDIT_NO_ACTOR outside any context, before anything is written.
 */
export function requireContext(modelName: string, operation: string): ActorContext {
  const context = currentContext();
  if (context === undefined) {
    throw new HotspotsError(
      'AUDIT_NO_ACTOR',
      `${modelName}.${operation} was called outside an actor context, so nobody could be named as its author. ` +
        'Nothing was written. Wrap the call in withUserActor(user, fn), withSystemActor(fn) or withScraperActor(fn).',
    );
  }
  return context;
}
