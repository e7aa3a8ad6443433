// The face of reading the log.

export type { RecordedValues } from './as-of.ts';
// What entries add up to
// For programs that bring models of their own (see README): this one does without
export { asOf, asOfAll, type RecordAsOf } from './as-of.ts';
export {
  type FieldAuthor,
  type FieldOfRecord,
  fieldAuthors,
  fieldKey,
} from './authors.ts';
export { describeField, type FieldChange, jsonText, readChanges } from './fields.ts';
export type { ReadingContext } from './filter.ts';
export { actorTypes, entryVerdicts, type LogEntryFilter, type OneOrMore, valuesOf } from './filter.ts';
// Which entries: a filter, and how it is written in addresses and on the command line
export {
  allFilterWords,
  filterFromFlags,
  filterFromQuery,
  filterToQuery,
  parseMoment,
} from './filter-words.ts';
export { history, registrationOf } from './history.ts';
// Entries for people
export { collectForeignKeys, loadLabels } from './labels.ts';
// Records as they are now, in the log's terms
export { attributeValue, changedSince, presentRecords, rowsWithIds } from './present-records.ts';
// What retention has removed
export { lastPrune } from './pruned.ts';
export type { RenderOptions } from './render.ts';
export { type EntryTableRow, entryTable, renderEntryLine, renderValue } from './render.ts';
export { type FieldSummary, summariseRun } from './run-summary.ts';
export type { PageOptions } from './search.ts';
// Entries
export { changesBy, countLogEntries, findLogEntries, type LogEntryRow, readLogEntries } from './search.ts';
