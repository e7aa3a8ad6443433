import { logOf } from './log-of.ts';

/** What the log says of a model, or of one record, oldest first: the action and the changes. */
export async function changesOf(model?: string, objectId?: string) {
  return (await logOf(model, objectId)).map(({ action, changes }) => [action, changes] as const);
}
