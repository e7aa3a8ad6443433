import { z } from 'zod';

const schemaSchema = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  examples: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
});

/**
 * A value for a JSON schema, to show people: the first example or choice, else one that its type allows. Of an object
 * what is required, or its first field when nothing is.
 */
export function exampleOf(schema: unknown): unknown {
  const { type, enum: choices, examples, properties = {}, required, items } = schemaSchema.parse(schema);
  const [example] = examples ?? choices ?? [];
  if (example !== undefined) return example;
  const values: Readonly<Record<string, () => unknown>> = {
    object: () => {
      const names = required ?? Object.keys(properties).slice(0, 1);
      return Object.fromEntries(names.map((name) => [name, exampleOf(properties[name] ?? {})]));
    },
    array: () => [exampleOf(items ?? {})],
    boolean: () => true,
    integer: () => 1,
    number: () => 1,
  };
  return values[type ?? '']?.() ?? '…';
}
