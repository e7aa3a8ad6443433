import { z } from 'zod';

/** What is stored of a job: its data, and on whose behalf it is done. */
export const jobEnvelopeSchema = z.strictObject({
  data: z.unknown(),
  /** The user who queued it; null for the program itself, whose jobs are the system user's. */
  actor: z.strictObject({ id: z.string(), email: z.string() }).nullable(),
  /** Of the request that queued it; null for none. */
  correlationId: z.string().nullable(),
});

export type JobEnvelope = z.infer<typeof jobEnvelopeSchema>;
