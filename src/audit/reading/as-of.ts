import type { Sequelize } from 'sequelize';
import { refusePruned } from '../retention/refuse-pruned.ts';
import { entriesInOrder } from './entries-in-order.ts';
import { type RecordReference, recordKey, registrationOf } from './record-key.ts';
import { type RecordedValues, Replay } from './replay.ts';

/**
 * A record's recorded fields as they were at a time, rebuilt from its entries up to and including then, in the
 * JSON that entries hold. Masked fields come out masked.
 *
 * The log cannot know what was before it: a record that was there before its model was registered is null
 * until its first entry, and from then on has only the fields that entries named. Neither can it know what
 * `when`, `exclude` or a disabled scope kept from being recorded.
 *
 * @param moment a time, or one of its entries: as that entry left it
 * @returns null when the record did not exist then, or had no entry yet
 * @throws HotspotsError HISTORY_PRUNED when entries from before then were removed
 */
export async function asOf(
  sequelize: Sequelize,
  record: RecordReference,
  moment: Date | { readonly entryId: string },
): Promise<RecordedValues | null> {
  await refusePruned(sequelize, moment);
  const key = recordKey(record);
  const replay = new Replay(registrationOf(key.model)?.attributes ?? []);
  for await (const entry of entriesInOrder(sequelize, key, moment)) replay.apply(entry);
  return replay.values();
}
