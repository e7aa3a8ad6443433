import { logActions } from '../../audit/index.ts';
import { actorTypes, entryVerdicts, filterFromFlags, type LogEntryFilter } from '../../audit/read/index.ts';
import { asUsage } from './arguments/as-usage.ts';
import { choice } from './arguments/choice.ts';
import type { OptionSpecs, ParsedArguments } from './arguments/parse-arguments.ts';

const conditions = {
  actor: { value: 'EMAIL', help: 'changes by this actor' },
  'actor-type': { value: 'WORD', help: `changes by any ${actorTypes.join(', ')}` },
  since: { value: 'WHEN', help: 'changes from then on: 30m, 12h, 7d, 2w, or 2027-03-01[T18:00Z]' },
  until: { value: 'WHEN', help: 'changes before then' },
  model: { value: 'NAME', help: 'changes of Place, Event or User records' },
  object: { value: 'ID', help: 'changes of one record; with --model' },
  field: { value: 'NAME', help: 'changes of this field, as startDate' },
  action: { value: 'WORD', help: logActions.join(', ') },
  run: { value: 'ID', help: 'changes of this run' },
  source: { value: 'NAME', help: 'changes of all runs of this source' },
  correlation: { value: 'ID', help: 'changes of one request' },
  verdict: { value: 'WORD', help: `changes that are ${entryVerdicts.join(', ')}` },
  q: { value: 'TEXT', help: 'changes with this text in an old or new value' },
} as const;

export const filterNames = Object.keys(conditions);

/**
 * Conditions on changes, by their words as options. Given twice, an option means either; a "-" in front of a value
 * means all but that.
 */
export const filterOptions: OptionSpecs = Object.fromEntries(
  Object.entries(conditions).map(([name, option]) => [
    name,
    { type: 'string', multiple: true, ...option } as const,
  ]),
);

/**
 * The filter of changes that options ask for; null when none of them was given.
 *
 * @throws HotspotsError USAGE
 */
export function readFilter(command: string, given: ParsedArguments): LogEntryFilter | null {
  if (!filterNames.some((name) => given.text(name) !== undefined)) return null;
  for (const action of given.texts('action'))
    choice(command, '--action', action.replace(/^-/, ''), logActions);
  return asUsage(command, () =>
    filterFromFlags(Object.fromEntries(filterNames.map((name) => [name, given.texts(name)]))),
  );
}
