import type { ExportedRecord } from './exported-record.ts';

export const exportKinds = ['places', 'events'] as const;
export type ExportKind = (typeof exportKinds)[number];

/** A file format, written piece by piece. */
export interface ExportFormat {
  /** What people call it, with the paper that rules. */
  readonly title: string;
  readonly mediaType: string;
  readonly kinds: readonly ExportKind[];
  readonly begin: (kind: ExportKind) => string;
  readonly record: (record: ExportedRecord, isFirst: boolean) => string;
  readonly end: () => string;
}
