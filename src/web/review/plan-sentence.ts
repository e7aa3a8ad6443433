import type { UndoCounts } from '../../audit/undo/index.ts';
import { counted, number } from '../show.ts';

/** What a plan comes to, in words that fit before and after: only what there is something of. */
export function planSentence(counts: UndoCounts): string {
  const { restored, fields, recreated, removed, already, skipped } = counts;
  const parts = [
    ...(restored > 0 ? [`${counted(fields, 'field')} of ${counted(restored, 'record')} restored`] : []),
    ...(recreated > 0 ? [`${counted(recreated, 'deleted record')} brought back`] : []),
    ...(removed > 0 ? [`${counted(removed, 'created record')} removed`] : []),
    ...(already > 0 ? [`${counted(already, 'record')} already as before`] : []),
    ...(skipped > 0 ? [`${counted(skipped, 'record')} left alone, ${reasons(counts)}`] : []),
  ];
  return parts.length === 0 ? 'Nothing is left to undo.' : `${parts.join(' · ')}.`;
}

function reasons({ conflictsByActor }: UndoCounts): string {
  const { '': otherwise = 0, ...authors } = conflictsByActor;
  const changed = Object.entries(authors)
    .sort(([, a], [, b]) => b - a)
    .map(([email, count]) => `${email} (${number(count)})`);
  return [
    ...(changed.length > 0 ? [`changed since by ${changed.join(', ')}`] : []),
    ...(otherwise > 0 ? [`for other reasons (${number(otherwise)})`] : []),
  ].join('; ');
}
