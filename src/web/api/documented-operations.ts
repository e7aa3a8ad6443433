import { z } from 'zod';
import { exampleOf } from './example-of.ts';

const parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  description: z.string().default(''),
  schema: z.looseObject({ enum: z.array(z.string()).optional() }),
});

const operation = z.object({
  operationId: z.string(),
  tags: z.tuple([z.string()]),
  summary: z.string(),
  description: z.string().default(''),
  parameters: z.array(parameter).default([]),
  requestBody: z
    .object({ content: z.record(z.string(), z.object({ schema: z.looseObject({}) })) })
    .optional(),
});

const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) });

/** An operation of the API, as people are shown it. */
export interface DocumentedOperation {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** GET, POST and so on. */
  readonly method: string;
  /** Below the address of the API: "/places/{id}". */
  readonly path: string;
  readonly parameters: readonly z.infer<typeof parameter>[];
  /** What could be sent; null when nothing is. */
  readonly example: unknown;
}

/** The operations of an OpenAPI document, in its order. */
export function documentedOperations(document: unknown): readonly DocumentedOperation[] {
  return Object.entries(documentSchema.parse(document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, tags, requestBody, ...described }]) => {
      const [content] = Object.values(requestBody?.content ?? {});
      return {
        ...described,
        ...{ id: operationId, tag: tags[0], method: method.toUpperCase(), path },
        example: content === undefined ? null : exampleOf(content.schema),
      };
    }),
  );
}
