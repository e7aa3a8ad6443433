import type { PageItem, PipelineContext, PipelineCounts } from '../../src/crawl/pipeline.ts';
import type { RejectionReason } from '../../src/records/index.ts';
import { type IdentifiedItem, identifyItems } from './identify-items.ts';
import type { Candidate } from './record-kind.ts';
import type { ReadResult } from './reject-items.ts';
import { rejectItems } from './reject-items.ts';
import { skipUnchanged } from './skip-unchanged.ts';
import type { WrittenRecords } from './write-records.ts';

/** The two steps in which pipelines differ. */
interface KindSteps<Values> {
  read(item: IdentifiedItem): ReadResult<Values>;
  write(candidates: readonly Candidate<Values>[]): Promise<WrittenRecords>;
}

/**
 * The way of a batch: identify, leave out what is unchanged, validate and normalise, reject what is not
 * valid, write the rest.
 */
export async function writeItems<Values>(
  items: readonly PageItem[],
  context: PipelineContext,
  steps: KindSteps<Values>,
): Promise<PipelineCounts> {
  const groups = identifyItems(items, context.source);
  const touched = await skipUnchanged(
    groups.flatMap(([first]) => first ?? []),
    context,
  );
  const candidates: Candidate<Values>[] = [];
  const rejected: { item: IdentifiedItem; reasons: RejectionReason[] }[] = [];
  for (const item of groups.flat()) {
    if (touched.has(item.pageKey)) continue;
    const reading = steps.read(item);
    if (reading.ok) candidates.push({ ...item, values: reading.values });
    else rejected.push({ item, reasons: reading.reasons });
  }
  await rejectItems(rejected, context);
  const written = await steps.write(candidates);
  return {
    created: written.created,
    updated: written.updated,
    unchanged: items.length - candidates.length - rejected.length + written.unchanged,
    rejected: rejected.length,
    held: written.held,
    suggested: written.suggested,
  };
}
