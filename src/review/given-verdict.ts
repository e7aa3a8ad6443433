/** What is judged. */
export type VerdictTarget = { readonly runId: string } | { readonly entryId: string };

/** `clear` takes back what was said before. */
export const verdictWords = ['good', 'bad', 'clear'] as const;
export type VerdictWord = (typeof verdictWords)[number];

/** A verdict that somebody gave. */
export interface GivenVerdict {
  id: string;
  runId: string | null;
  entryId: string | null;
  verdict: VerdictWord;
  note: string | null;
  givenAt: Date;
  givenByEmail: string;
}
