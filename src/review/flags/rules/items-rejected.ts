import type { FlagRule } from '../flag-rule.ts';
import type { RunFacts } from '../run-facts.ts';
import { thresholds } from '../thresholds.ts';
import { median, shown, usually } from '../usually.ts';

/** Validation refused an unusual share of the items. */
export const itemsRejected: FlagRule = {
  name: 'items-rejected',
  raise: ({ facts, usual }) => {
    const before = usual.map(share);
    const isMany = facts.rejected >= thresholds.fewestRejected && share(facts) >= thresholds.rejectedShare;
    if (!isMany || share(facts) <= median(before) * thresholds.timesUsual) return [];
    const percent = before.map((each) => Math.round(each * 100));
    return [
      `${shown(facts.rejected)} of ${shown(facts.items)} items were rejected, ${usually(percent, ' %')}`,
    ];
  },
};

function share({ rejected, items }: RunFacts): number {
  return items === 0 ? 0 : rejected / items;
}
