/**
 * From where on something is worth a look. Counts keep small sources quiet, shares keep large ones quiet, and what
 * is usual for a source is never worth one.
 */
export const thresholds = {
  /** Fewer records than this are no pattern. */
  records: 10,
  /** How many times the median of the good runs still passes as usual. */
  timesUsual: 3,
  /** Of the records of a source: changed in one field, emptied in one, deleted, moved. */
  changedShare: 0.2,
  emptiedShare: 0.05,
  deletedShare: 0.02,
  movedShare: 0.1,
  /** Of the changes of one field: those that wrote one and the same text. */
  sameValueShare: 0.5,
  /** Of new records: a field that is usually filled in, and is in less than this part of the usual share. */
  usuallyFilled: 0.5,
  stillFilled: 0.5,
  /** Of the usual number of items. */
  itemsShare: 0.5,
  /** Of the items of a run: refused by validation. */
  rejectedShare: 0.1,
  fewestRejected: 5,
  /** Of the changes of a run: taken back by people. */
  undoneShare: 0.1,
} as const;

/** Whether a count stands out: enough of it, a large enough share, and much more than is usual. */
export function standsOut(count: number, of: number, share: number, usualMedian: number): boolean {
  return count >= thresholds.records && count >= of * share && count > usualMedian * thresholds.timesUsual;
}
