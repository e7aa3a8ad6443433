import type { RejectionReason } from '../../src/records/sources.ts';

/** What reading an item gave: values, or the reasons why it is not taken. */
export type Reading<Values> = { ok: true; values: Values } | { ok: false; reasons: RejectionReason[] };
