// The face of proof: the log compared with the tables, seals against later changes, and retention, which removes only
// what is sealed.

export { pruneLog, retentionStart } from '../retention.ts';
export { lastSealable, type OpenWriter } from './last-sealable.ts';
export { type LogProblem, logProblemKinds } from './object-replay.ts';
export { type Seal, type SealedLog, sealLog } from './seal.ts';
export { type VerifiedLog, verifyLog } from './verify-log.ts';
export { type SealProblem, sealProblemKinds, type VerifiedSeals, verifySeals } from './verify-seals.ts';
