import { z } from 'zod';
import { HotspotsError } from '../../errors.ts';
import { type VerdictWord, verdictWords } from '../../runs/verdicts.ts';

const verdictSchema = z.enum(verdictWords);
const noteSchema = z.string().max(1000);

/** @throws HotspotsError USAGE for a form that no page of ours sends */
export function readVerdict(fields: URLSearchParams): { verdict: VerdictWord; note: string | null } {
  const verdict = verdictSchema.safeParse(fields.get('verdict'));
  const note = noteSchema.safeParse(fields.get('note') ?? '');
  if (verdict.success && note.success)
    return { verdict: verdict.data, note: note.data.replaceAll('\0', '') || null };
  throw new HotspotsError(
    'USAGE',
    `A verdict is one of ${verdictWords.join(', ')}, with a note of at most 1,000 characters; given: ` +
      `${JSON.stringify(fields.get('verdict'))}.`,
  );
}
