/** From all is well to what needs a person. A notice is worth knowing and can wait. */
export const findingLevels = ['ok', 'notice', 'problem'] as const;

/** One thing that a check found. */
export interface Finding {
  readonly level: (typeof findingLevels)[number];
  /** What is so, in sentences. It may hold scraped text. */
  readonly message: string;
  /** What to do about it: a sentence or a command. Whatever is not well has one. */
  readonly mend?: string;
}
