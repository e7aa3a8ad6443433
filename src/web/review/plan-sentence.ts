import type { UndoCounts } from '../../audit/undo/undo-plan.ts';
import { counted, number } from './show.ts';

/** What a plan comes to, in words: only what there is something of. */
export function planSentence(counts: UndoCounts): string {
  const { restored, fields, recreated, removed, already, skipped, conflictsByActor } = counts;
  const authors = Object.entries(conflictsByActor)
    .sort(([, a], [, b]) => b - a)
    .map(([email, count]) => `${email === '' ? 'unknown' : email} (${number(count)})`);
  const parts = [
    ...(restored > 0
      ? [`${counted(fields, 'field')} of ${counted(restored, 'record')} get their old value`]
      : []),
    ...(recreated > 0 ? [`${counted(recreated, 'deleted record')} return`] : []),
    ...(removed > 0 ? [`${counted(removed, 'created record')} are removed`] : []),
    ...(already > 0 ? [`${counted(already, 'record')} already are as they were`] : []),
    ...(skipped > 0
      ? [`${counted(skipped, 'record')} left alone, changed since by ${authors.join(', ')}`]
      : []),
  ];
  return parts.length === 0 ? 'Nothing is left to undo.' : `${parts.join(' · ')}.`;
}
