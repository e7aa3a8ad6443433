import { loadLabels } from '../../audit/read/index.ts';

interface LabelledRecord {
  readonly model: string;
  readonly objectId: string;
  /** What it was called when it was noted. */
  readonly objectLabel: string;
}

/** What records are called now; those that are gone, what they were called when they were noted. */
export async function presentLabels(
  records: readonly LabelledRecord[],
): Promise<(record: LabelledRecord) => string> {
  const needed = new Map<string, Set<string>>();
  for (const { model, objectId } of records)
    needed.set(model, (needed.get(model) ?? new Set()).add(objectId));
  const labelOf = await loadLabels(needed);
  return ({ model, objectId, objectLabel }) => labelOf(model, objectId) ?? objectLabel;
}
