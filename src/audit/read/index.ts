// The face of reading the log.

// Which entries: a filter, and how it is written in addresses and on the command line

export {
  actorTypes,
  entryVerdicts,
  type LogEntryFilter,
  type OneOrMore,
  type ReadingContext,
  valuesOf,
} from './filter.ts';
export { allFilterWords, filterFromFlags, filterFromQuery, parseMoment } from './filter-words.ts';

// Entries, page by page

export { history, registrationOf } from './history.ts';
export { lastPrune } from './pruned.ts';
export {
  countLogEntries,
  findLogEntries,
  type LogEntryPage,
  type LogEntryRow,
  newestEntry,
  type PageOptions,
  readLogEntries,
} from './search.ts';

// What entries add up to

export { asOf, type RecordedValues } from './as-of.ts';
export { type FieldAuthor, type FieldOfRecord, fieldAuthors, fieldKey } from './authors.ts';
export { type FieldSummary, summariseRun } from './run-summary.ts';

// Entries for people

export { describeField, type FieldChange, jsonText, readChanges } from './fields.ts';
export { collectForeignKeys, loadLabels } from './labels.ts';
export {
  type EntryTableRow,
  entryTable,
  type RenderOptions,
  renderEntryLine,
  renderValue,
} from './render.ts';

// Records as they are now, in the terms of the log

export {
  attributeValue,
  changedSince,
  maskedRecord,
  presentRecords,
  rowsWithIds,
} from './present-records.ts';

// The library's contract for programs with models of their own (see README): this program does not use it

export { asOfAll, type RecordAsOf } from './as-of.ts';
export { filterToQuery } from './filter-words.ts';
export { changesBy } from './search.ts';
