import type { ExportFormat } from '../export-format.ts';

/** JSON Lines: each record on a line, as the API answers it. */
export const jsonl: ExportFormat = {
  title: 'JSON Lines',
  mediaType: 'application/jsonl; charset=utf-8',
  kinds: ['places', 'events'],
  begin: () => '',
  record: ({ values }) => `${JSON.stringify(values)}\n`,
  end: () => '',
};
