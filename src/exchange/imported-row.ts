/** One record of a file that is imported, before anything of it is checked. */
export type ImportedRow =
  | { readonly line: number; readonly values: Readonly<Record<string, unknown>> }
  /** A line that cannot be read at all; the others are. */
  | { readonly line: number; readonly problem: string };
