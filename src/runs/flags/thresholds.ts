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

/**
 * Whether a count stands out: enough of it, a large enough share, and much more than is usual. One that is not known
 * does not.
 */
export function standsOut(
  count: number | null,
  of: number | null,
  share: number,
  usual: readonly number[],
): count is number {
  if (count === null || count < thresholds.records || count < (of ?? 0) * share) return false;
  return count > median(usual) * thresholds.timesUsual;
}

/** The middle one of some numbers; 0 of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? 0, sorted[Math.floor(middle)] ?? 0];
  return (low + high) / 2;
}
