// The face of the write policy: which values a source may write, and what becomes of those that it may not.

export { type Decision, guardFields, isPerson, writtenByPeople } from './guard.ts';
export { type FieldRecordsFilter, holdValues, type IdPage, listHolds, releaseHold } from './holds.ts';
export { defineHold, defineSuggestion, Hold, Suggestion } from './models.ts';
export type { ProposedValue } from './proposed-value.ts';
export { lastSaid, releaseField, releaseFields, type SaidValue } from './release.ts';
export { acceptSuggestions, dismissSuggestions, listSuggestions, settleSuggestions } from './suggestions.ts';
