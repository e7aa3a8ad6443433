import type { FlagRule } from '../flag-rule.ts';
import { noFieldFacts, type RunFacts } from '../run-facts.ts';
import { thresholds } from '../thresholds.ts';
import { median, shown, usually } from '../usually.ts';

/** New records lack a field that new records of this source usually have: a reader that broke. */
export const fillRateDropped: FlagRule = {
  name: 'fill-rate-dropped',
  raise: ({ facts, usual }) =>
    Object.entries(facts.models).flatMap(([model, { created }]) => {
      const comparable = usual.filter(({ models }) => (models[model]?.created ?? 0) >= thresholds.records);
      if (created < thresholds.records || comparable.length === 0) return [];
      const fields = new Set(comparable.flatMap(({ models }) => Object.keys(models[model]?.fields ?? {})));
      return [...fields].flatMap((field) => {
        const before = comparable.map((each) => rate(each, model, field));
        const usualRate = median(before);
        const now = rate(facts, model, field);
        if (usualRate < thresholds.usuallyFilled || now >= usualRate * thresholds.stillFilled) return [];
        const percent = before.map((share) => Math.round(share * 100));
        const filled = facts.models[model]?.fields[field]?.filled ?? 0;
        return [
          `${model}.${field} is filled in on ${shown(filled)} of ${shown(created)} new records, ${usually(percent, ' %')}`,
        ];
      });
    }),
};

function rate({ models }: RunFacts, model: string, field: string): number {
  const ofModel = models[model];
  if (ofModel === undefined || ofModel.created === 0) return 0;
  return (ofModel.fields[field] ?? noFieldFacts).filled / ofModel.created;
}
