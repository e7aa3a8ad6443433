// The face of the audit layer: who writes, what is recorded, and how the database is made to record the rest.
// Reading the log, undo, proof and the search for writes have faces of their own (`reading`, `undo`, `proof`,
// `find-writes`), so that a program that only writes does not load them.

// Actors: under whom what runs inside `fn` is recorded
export {
  type Actor,
  type ActorSource,
  type AutomatedActorKind,
  type ContextDetails,
  currentContext,
  outsideContext,
  resolveAutomatedActor,
  runAsActor,
  setAutomatedActorResolver,
  withEntryDetails,
  withScraperActor,
  withSystemActor,
  withUserActor,
} from './actors.ts';
export { defineLogEntry, LogEntry, logActions } from './log-entry.ts';
export { sequelizeOf, sqlName, tableKey } from './model-keys.ts';
// What code beside the log needs to name tables and to write in one transaction with it
export { inTransaction } from './record/atomicity.ts';
// Registration: which models are recorded, and how
export { auditlog } from './record/auditlog.ts';
// For programs that bring models of their own (see README): this one does without
export { afterLogEntry, beforeLogEntry } from './record/entries.ts';
export { withoutAudit } from './record/without-audit.ts';
export type { RecordedChange, Registration, RegistrationOptions } from './registration.ts';
export { requestDetails } from './request-details.ts';
export { type AuditSettings, configureAudit } from './settings.ts';
export { checkTriggers } from './triggers/check.ts';
export { installTriggers } from './triggers/install.ts';
// The log
export { type JsonValue, jsonValue, storableJson } from './values.ts';
