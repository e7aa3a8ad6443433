import type { PipelineContext } from '../../src/crawl/pipeline.ts';
import { RejectedItem, type RejectionReason } from '../../src/records/index.ts';
import { cutText } from '../../src/text.ts';
import type { IdentifiedItem } from './identify-items.ts';

/** An item above this size, in characters of JSON, is kept by its first characters only. */
const maxRawLength = 100_000;

/** Keeps what was not taken, with the reasons and the item as it was read: nothing is dropped silently. */
export async function rejectItems(
  rejected: readonly { item: IdentifiedItem; reasons: RejectionReason[] }[],
  { transaction, runId, source }: PipelineContext,
): Promise<void> {
  await RejectedItem.bulkCreate(
    rejected.map(({ item, reasons }) => ({
      runId,
      kind: item.item.kind,
      sourceName: source.name,
      url: item.pageUrl,
      reasons,
      raw: rawItem(item),
    })),
    { transaction, returning: false },
  );
}

function rawItem({ item }: IdentifiedItem): unknown {
  // jsonb takes neither NUL nor half a surrogate pair, and hostile pages hold both.
  const json = JSON.stringify(item.thing).replaceAll(/\\u0000|\\ud[89a-f][0-9a-f]{2}/gi, '\\ufffd');
  return json.length <= maxRawLength ? JSON.parse(json) : { truncated: cutText(json, maxRawLength) };
}

/** What reading an item gave: values, or the reasons why it is not taken. */
export type ReadResult<Values> = { ok: true; values: Values } | { ok: false; reasons: RejectionReason[] };
