// The face of the records: what a place, an event and what belongs to them are, how they are filtered and listed.
// Matching and the operations on several records have faces of their own (`match`, `operations`).

export { identityAttribute } from './attributes.ts';
export { UserVibe, userTipDefinition, userVibeDefinition, userVibeTimeDefinition } from './contributions.ts';
export { Event, eventDefinition } from './event.ts';
export type { Field, FieldType, StoredColumns } from './field.ts';
export { recordId, referenceTo, textSchema, title } from './field-schemas.ts';
export { eventFilterSchema, eventWhere, likePattern, placeFilterSchema, placeWhere } from './filters.ts';
export { eventImageDefinition, placeImageDefinition } from './images.ts';
export {
  type DefinedKind,
  defineKind,
  displayNamesOf,
  fieldOf,
  fieldsOf,
  groupOf,
  isRead,
  type RecordKind,
} from './kind.ts';
export { recordKinds } from './kinds.ts';
export { listRecords } from './list-records.ts';
export { Place, placeDefinition } from './place.ts';
export {
  defineRejectedItem,
  defineSourceRecord,
  RejectedItem,
  type RejectionReason,
  SourceRecord,
  sourceKeys,
} from './sources.ts';
export {
  automatedUser,
  defineUser,
  findOrCreateAutomatedActor,
  hasRole,
  type Role,
  roles,
  User,
} from './user.ts';
