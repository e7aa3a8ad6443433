/**
 * The writes of a registered model that hooks cannot record. Where the table has no audit triggers the audit
 * layer refuses them; each comes with what to do instead. A test holds these lists against what it does.
 */
export const refusedCalls: ReadonlyMap<string, string> = new Map([
  ['truncate', 'use destroy({ where: {} })'],
  ['upsert', 'use bulkCreate([row], { updateOnDuplicate: [...] })'],
  ['increment', 'load the row FOR UPDATE, add, and save it'],
  ['decrement', 'load the row FOR UPDATE, subtract, and save it'],
]);

/** Options, true or false, of which the same holds. */
export const refusedOptions: readonly { option: string; value: boolean; way: string }[] = [
  { option: 'hooks', value: false, way: 'leave out hooks: false' },
  { option: 'ignoreDuplicates', value: true, way: 'use updateOnDuplicate' },
];
