import { z } from 'zod';
import { type JsonSchema, jsonSchema } from './json-schema.ts';

const content = z.record(z.string(), z.object({ schema: jsonSchema }));

const operation = z.object({
  operationId: z.string(),
  tags: z.tuple([z.string()]),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z
    .array(
      z.object({
        name: z.string(),
        in: z.enum(['path', 'query', 'header']),
        required: z.boolean(),
        schema: jsonSchema,
      }),
    )
    .default([]),
  requestBody: z.object({ content }).optional(),
  responses: z.record(
    z.string(),
    z.object({ content: content.default({}), headers: z.record(z.string(), z.unknown()).default({}) }),
  ),
});

const documentSchema = z.object({
  openapi: z.literal('3.1.0'),
  servers: z.tuple([z.object({ url: z.string() })]),
  components: z.object({ schemas: z.record(z.string(), jsonSchema).default({}) }),
  paths: z.record(
    z.string(),
    z
      .object({ get: operation, post: operation, put: operation, patch: operation, delete: operation })
      .partial(),
  ),
});

export interface Operation extends z.infer<typeof operation> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
}

/** An OpenAPI document, as a program reads it that knows nothing else of the server. */
export class ApiDocument {
  /** The address that those of the operations are appended to. */
  readonly server: URL;
  readonly operations: readonly Operation[];
  readonly #schemas: Record<string, JsonSchema>;

  constructor(json: unknown, address: URL) {
    const { paths, servers, components } = documentSchema.parse(json);
    this.server = new URL(servers[0].url, address);
    this.#schemas = components.schemas;
    this.operations = Object.entries(paths).flatMap(([path, { get, post, put, patch, delete: remove }]) => [
      ...(get ? [{ ...get, method: 'GET' as const, path }] : []),
      ...(post ? [{ ...post, method: 'POST' as const, path }] : []),
      ...(put ? [{ ...put, method: 'PUT' as const, path }] : []),
      ...(patch ? [{ ...patch, method: 'PATCH' as const, path }] : []),
      ...(remove ? [{ ...remove, method: 'DELETE' as const, path }] : []),
    ]);
  }

  /** A schema that stands by itself. */
  resolve(schema: JsonSchema): JsonSchema {
    const name =
      typeof schema.$ref === 'string' ? /^#\/components\/schemas\/(.+)$/.exec(schema.$ref)?.[1] : undefined;
    return name === undefined ? schema : (this.#schemas[name] ?? {});
  }

  /** What checks a value by a schema of the document. */
  checker(schema: JsonSchema): z.ZodType {
    const text = JSON.stringify({ ...schema, $defs: this.#schemas });
    return z.fromJSONSchema(JSON.parse(text.replaceAll('"#/components/schemas/', '"#/$defs/')));
  }
}
