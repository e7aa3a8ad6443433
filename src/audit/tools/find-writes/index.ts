// The face of the search for writes in source code. It loads a parser: import it late.
export { findWrites } from './find-writes.ts';
export type { FoundWrite, FoundWrites } from './write-of-call.ts';
