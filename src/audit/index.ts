// The face of the audit layer: who writes, what is recorded, and how the database is made to record the rest.
// Reading the log, undo, proof and the search for writes have faces of their own (`reading`, `undo`, `proof`,
// `find-writes`), so that a program that only writes does not load them.

// Actors: under whom what runs inside `fn` is recorded
export {
  type Actor,
  type ActorSource,
  type ContextDetails,
  currentContext,
  outsideContext,
  runAsActor,
} from './actor-context.ts';
// Registration: which models are recorded, and how
export { auditlog } from './auditlog.ts';
export {
  type AutomatedActorKind,
  resolveAutomatedActor,
  setAutomatedActorResolver,
} from './automated-actors.ts';
// What code beside the log needs to name tables and to write in one transaction with it
export { inTransaction } from './in-transaction.ts';
// The log
export { type JsonValue, jsonValue } from './json-value.ts';
// For programs that bring models of their own (see README): this one does without
export { afterLogEntry, beforeLogEntry } from './listeners.ts';
export { logActions } from './log-action.ts';
export { defineLogEntry, LogEntry } from './log-entry.ts';
export type { RecordedChange, Registration, RegistrationOptions } from './registration.ts';
export { requestDetails } from './request-details.ts';
export { sequelizeOf } from './sequelize-of.ts';
export { type AuditSettings, configureAudit } from './settings.ts';
export { storableJson } from './storable-json.ts';
export { tableKey } from './table-key.ts';
export { checkTriggers } from './triggers/check-triggers.ts';
export { installTriggers } from './triggers/install-triggers.ts';
export { sqlName } from './triggers/sql-name.ts';
export { withEntryDetails } from './with-entry-details.ts';
export { withScraperActor } from './with-scraper-actor.ts';
export { withSystemActor } from './with-system-actor.ts';
export { withUserActor } from './with-user-actor.ts';
export { withoutAudit } from './without-audit.ts';
