import { z } from 'zod';

/** A JSON schema, as far as it is known. */
export type JsonSchema = { [keyword: string]: unknown };

export const jsonSchema: z.ZodType<JsonSchema> = z.record(z.string(), z.unknown());

/** A schema within a schema; one that says nothing when there is none. */
export function child(schema: JsonSchema, keyword: string): JsonSchema {
  return jsonSchema.safeParse(schema[keyword]).data ?? {};
}

/** Schemas within a schema. */
export function children(schema: JsonSchema, keyword: string): readonly JsonSchema[] {
  return z.array(jsonSchema).safeParse(schema[keyword]).data ?? [];
}
