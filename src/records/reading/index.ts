// The face of reading items into values of records, as the definitions say. It loads the normalisers: import it late where that matters.

export { jointReaders } from './joint-readers.ts';
export { readItem, readingHash } from './read-record.ts';
export { accepts, fieldReaders } from './readers.ts';
