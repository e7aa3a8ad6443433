import type { EntryConditions } from './log-entry-filter.ts';

/** What conditions are called in addresses and on the command line. */
export const filterWords = {
  actor: 'actor',
  actorType: 'actorType',
  model: 'model',
  object: 'objectId',
  field: 'field',
  action: 'action',
  run: 'run',
  source: 'source',
  correlation: 'correlationId',
  verdict: 'verdict',
  q: 'contains',
} as const satisfies Record<string, keyof EntryConditions>;

export type FilterWord = keyof typeof filterWords | 'since' | 'until';

/** All words, in the order in which they are written. */
export const allFilterWords: readonly FilterWord[] = [
  'actor',
  'actorType',
  'model',
  'object',
  'field',
  'action',
  'run',
  'source',
  'correlation',
  'verdict',
  'since',
  'until',
  'q',
];
