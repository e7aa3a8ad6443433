/**
 * The writes of a registered model that the audit layer refuses whatever their options, each with what to do
 * instead. A test holds this list against what the layer does.
 */
export const refusedCalls: ReadonlyMap<string, string> = new Map([
  ['update', 'load the rows and save each, or use bulkCreate with updateOnDuplicate'],
  ['destroy', 'load the rows and destroy each'],
  ['restore', 'load the rows and save each'],
  ['truncate', 'load the rows and destroy each'],
  ['upsert', 'use bulkCreate([row], { updateOnDuplicate: [...] })'],
  ['increment', 'load the row FOR UPDATE, add, and save it'],
  ['decrement', 'load the row FOR UPDATE, subtract, and save it'],
]);

/** Options, true or false, with which the audit layer refuses a write. */
export const refusedOptions: readonly { option: string; value: boolean; way: string }[] = [
  { option: 'hooks', value: false, way: 'leave it out' },
  { option: 'ignoreDuplicates', value: true, way: 'use updateOnDuplicate' },
];
