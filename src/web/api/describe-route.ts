import { z } from 'zod';

interface RouteDescription {
  /** Under which heading it stands. */
  readonly tag: string;
  /** OpenAPI's operationId. */
  readonly id: string;
  readonly summary: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** What is answered when all is well; nothing when left out. */
  readonly answer?: z.ZodType;
  /** Default 200. */
  readonly status?: number;
  /** Whether an Idempotency-Key is honoured. */
  readonly isIdempotent?: boolean;
  /** Whether the address has an id; default: when it is not list or create. */
  readonly hasId?: boolean;
}

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), message: z.string(), code: z.string() }))
      .optional()
      .describe('What is wrong with which field'),
  })
  .describe('Problem details (RFC 9457)');

const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
});

/** What OpenAPI says of a route. It is not what checks a request: the handlers read their input themselves. */
export function describeRoute({
  tag,
  id,
  summary,
  query,
  body,
  answer,
  status = 200,
  isIdempotent,
  hasId,
}: RouteDescription) {
  const needsId = hasId ?? !/^(?:list|create)-/.test(id);
  return {
    tags: [tag],
    operationId: id,
    summary,
    ...(query !== undefined && { querystring: query }),
    ...(body !== undefined && { body }),
    ...(needsId && { params: z.object({ id: z.string().describe('Its number') }) }),
    ...(isIdempotent === true && {
      headers: z.object({
        'idempotency-key': z
          .string()
          .max(255)
          .optional()
          .describe('Sent again with the same key, it is done once'),
      }),
    }),
    response: {
      [status]: answer === undefined ? z.null().describe('Done') : answer,
      '4XX': problemAnswer('The request was refused; nothing was done'),
    },
  };
}
