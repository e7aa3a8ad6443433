// The face of the audit layer: who writes, what is recorded, and how the database is made to record the rest.
// Reading the log, undo, proof and the search for writes have faces of their own (`read`, `undo`, `proof`,
// `tools/find-writes`), so that a program that only writes does not load them.

// Actors: under whom everything awaited inside `fn` is recorded

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
export { requestDetails } from './request-details.ts';

// Registration: which models are recorded, by hooks and by triggers

export { auditlog } from './record/auditlog.ts';
export type { Registration } from './registration.ts';
export { checkTriggers } from './triggers/check.ts';
export { installTriggers } from './triggers/install.ts';

// The log and its values

export { defineLogEntry, LogEntry, logActions } from './log-entry.ts';
export { type JsonValue, jsonValue, storableJson } from './values.ts';

// Names in SQL, and one transaction for several audited writes

export { sequelizeOf, sqlName, tableKey } from './model-keys.ts';
export { inTransaction } from './record/atomicity.ts';

// The library's contract for programs with models of their own (see README): this program does not use it

export { afterLogEntry, beforeLogEntry } from './record/entries.ts';
export { withoutAudit } from './record/without-audit.ts';
export type { RecordedChange, RegistrationOptions } from './registration.ts';
export { type AuditSettings, configureAudit } from './settings.ts';
