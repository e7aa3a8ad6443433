import { adminModels } from './admin-models.ts';

/** What one record of a model is called in a sentence. */
export function nounOf(model: string): string {
  return adminModels.find((known) => known.model.name === model)?.singular ?? model.toLowerCase();
}
