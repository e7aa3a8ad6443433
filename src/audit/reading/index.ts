// The face of reading the log.

// What retention has removed
export { lastPrune } from '../retention/last-prune.ts';
// Records as they are now, in the log's terms
export { attributeValue } from '../undo/attribute-value.ts';
export { changedSince } from '../undo/changed-since.ts';
export { presentRecords } from '../undo/present-records.ts';
export { rowsWithIds } from '../undo/primary-key-values.ts';
// What entries add up to
export { asOf } from './as-of.ts';
// For programs that bring models of their own (see README): this one does without
export { asOfAll, type RecordAsOf } from './as-of-all.ts';
export { changesBy } from './changes-by.ts';
// Entries for people
export { collectForeignKeys } from './collect-foreign-keys.ts';
// Entries
export { countLogEntries } from './count-log-entries.ts';
export { cutText } from './cut-text.ts';
export { type EntryTableRow, entryTable } from './entry-table.ts';
export {
  type FieldAuthor,
  type FieldOfRecord,
  fieldAuthors,
  fieldKey,
} from './field-authors.ts';
export { type FieldChange, readChanges } from './field-change.ts';
export { describeField } from './field-description.ts';
// Which entries: a filter, and how it is written in addresses and on the command line
export { filterFromFlags } from './filter-from-flags.ts';
export { filterFromQuery } from './filter-from-query.ts';
export { filterToQuery } from './filter-to-query.ts';
export { allFilterWords } from './filter-words.ts';
export { findLogEntries } from './find-log-entries.ts';
export { history } from './history.ts';
export { jsonText } from './json-text.ts';
export { loadLabels } from './load-labels.ts';
export { actorTypes, entryVerdicts, type LogEntryFilter, type OneOrMore } from './log-entry-filter.ts';
export { type LogEntryRow, readLogEntries } from './log-entry-row.ts';
export type { PageOptions } from './page-of-entries.ts';
export { parseMoment } from './parse-moment.ts';
export type { ReadingContext } from './reading-context.ts';
export { registrationOf } from './record-key.ts';
export { renderEntryLine } from './render-entry-line.ts';
export type { RenderOptions } from './render-options.ts';
export { renderValue } from './render-value.ts';
export type { RecordedValues } from './replay.ts';
export { type FieldSummary, summariseRun } from './summarise-run.ts';
export { valuesOf } from './values-of.ts';
