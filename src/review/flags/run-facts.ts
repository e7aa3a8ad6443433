import { z } from 'zod';

const count = z.int().min(0);

/** What a run did to one field, as far as flags look at it. */
const fieldFactsSchema = z.object({
  /** Changes of records that existed. */
  updates: count,
  /** Of these, how many took a value away. */
  emptied: count,
  /** The commonest text among the new values of updates, and how often it was written. */
  commonest: z.string().nullable(),
  commonestCount: count,
  /** New records whose field has a value. */
  filled: count,
});

/** What flags are computed from. Stored with the run, because later runs are compared with it. */
export const runFactsSchema = z.object({
  pages: count,
  items: count,
  rejected: count,
  /** Whether the run was meant to read all of its source. */
  isWhole: z.boolean(),
  /** By model: how many records the source had when the run ended, and what the run did to them. */
  models: z.record(
    z.string(),
    z.object({
      known: count,
      created: count,
      updated: count,
      deleted: count,
      /** Records that were moved by more than a kilometre. */
      moved: count,
      fields: z.record(z.string(), fieldFactsSchema),
    }),
  ),
});

export type RunFacts = z.infer<typeof runFactsSchema>;
export type ModelFacts = RunFacts['models'][string];
export type FieldFacts = z.infer<typeof fieldFactsSchema>;

export const noFieldFacts: FieldFacts = {
  updates: 0,
  emptied: 0,
  commonest: null,
  commonestCount: 0,
  filled: 0,
};
