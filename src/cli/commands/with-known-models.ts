import { type LogEntryFilter, type OneOrMore, valuesOf } from '../../audit/read/index.ts';
import { knownModel } from './known-model.ts';

/**
 * A filter with the names of models as the log has them, however they are capitalised. Other names stay as they
 * are, for models that are no longer registered.
 */
export function withKnownModels(filter: LogEntryFilter): LogEntryFilter {
  return {
    ...filter,
    ...(filter.model !== undefined && { model: knownNames(filter.model) }),
    ...(filter.not?.model !== undefined && { not: { ...filter.not, model: knownNames(filter.not.model) } }),
  };
}

function knownNames(given: OneOrMore<string>): OneOrMore<string> {
  const names = valuesOf(given).map(knownModel);
  const [first, ...others] = names;
  return first !== undefined && others.length === 0 ? first : names;
}
