import '../access.ts';
import type { SwaggerTransform, SwaggerTransformObject } from '@fastify/swagger';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import type { OpenAPIV3_1 } from 'openapi-types';
import { z } from 'zod';

/** What the OpenAPI document says besides its routes. The address of the server counts from where the document is. */
export const apiDocument = {
  openapi: '3.1.0',
  info: {
    title: 'hotspots',
    version: '1.0.0',
    description:
      'Places and events, what users say of them, and the log of every change. Whoever sends a request is the author of ' +
      'all that it writes; X-Correlation-Id, taken from the request or made, finds its log entries.',
  },
  servers: [{ url: '/api/v1' }],
  components: {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer', description: 'Made by: hotspots token create' },
      session: {
        type: 'apiKey',
        in: 'cookie',
        name: 'hotspots_session',
        description: 'Of the pages; writes need X-CSRF-Token',
      },
    },
  },
} satisfies Partial<OpenAPIV3_1.Document>;

const transformRoute = createJsonSchemaTransform({ zodToJsonConfig: { unrepresentable: 'any' } });
const responsesSchema = z.record(z.string(), z.looseObject({ headers: z.unknown().optional() }));

/**
 * A route as OpenAPI has it: its schemas as JSON schemas, the headers of its answers, which the library leaves out, and
 * who may use it, which is what the frame around the route checks.
 */
export const describeAccess: SwaggerTransform = (given) => {
  const { schema, url } = transformRoute(given);
  if (schema?.hide === true) return { schema, url };
  const described = responsesSchema.parse(given.schema?.response ?? {});
  const response = Object.fromEntries(
    Object.entries(responsesSchema.parse(schema?.response ?? {})).map(([status, answer]) => {
      const headers = described[status]?.headers;
      return [status, headers === undefined ? answer : { ...answer, headers }];
    }),
  );
  const { access = 'public', scope = given.route.method === 'GET' ? 'read' : 'write' } =
    given.route.config ?? {};
  return {
    url,
    schema: {
      ...schema,
      response,
      ...(access === 'public'
        ? { security: [] }
        : {
            description: `Needs the role ${access}; of a token the scope ${scope}.`,
            security: [{ token: [] }, { session: [] }],
          }),
    },
  };
};

interface RouteDescription {
  /** Under which heading it stands. */
  readonly tag: string;
  /** OpenAPI's operationId: the verb, then the tag. */
  readonly id: string;
  readonly summary: string;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** Media types of the body; JSON when left out. */
  readonly consumes?: readonly string[];
  /** What is answered when all is well; nothing when left out. */
  readonly answer?: z.ZodType;
  /** Media type of the answer; JSON when left out. */
  readonly produces?: string;
  /** Default 200. */
  readonly status?: number;
  /** Whether an Idempotency-Key is honoured. */
  readonly isIdempotent?: boolean;
  /** Whether the record has an ETag, so that what is known needs no answer and what has changed is not written over. */
  readonly hasEntityTag?: boolean;
}

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), message: z.string(), code: z.string() }))
      .optional()
      .describe('What is wrong with which field'),
  })
  .loose()
  .meta({ id: 'Problem', description: 'Problem details (RFC 9457)' });

const problemAnswer = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problem } },
});

const text = (description: string) => ({ type: 'string', description });
const optional = (longest: number, description: string) =>
  z.string().max(longest).optional().describe(description);

/** What OpenAPI says of a route. It is not what checks a request: the handlers read their input themselves. */
export function describeRoute(description: RouteDescription) {
  const { tag, id, summary, query, body, consumes, answer, produces, status = 200 } = description;
  const { isIdempotent = false, hasEntityTag = false } = description;
  const [isList, isRead, isNew] = [id.startsWith('list-'), id.startsWith('read-'), id.startsWith('create-')];
  const sent = {
    ...(hasEntityTag &&
      isRead && { 'if-none-match': optional(1000, 'An ETag: answered only when it is another') }),
    ...(hasEntityTag &&
      !isRead &&
      !isNew && { 'if-match': optional(1000, 'An ETag: refused when it is another') }),
    ...(isIdempotent && {
      'idempotency-key': optional(255, 'Sent again with the same key, it is done once'),
    }),
  };
  const answered = {
    'x-correlation-id': text('What all log entries of the request have in common'),
    ...(hasEntityTag &&
      answer !== undefined && { etag: text('Tells this state of the record from every other') }),
    ...(isNew && { location: text('Where the new record is') }),
    ...(isList && { link: text('Where the next page is, if there is one: rel="next" (RFC 8288)') }),
    ...(isIdempotent && { 'idempotency-replayed': text('"true" when it had been done before') }),
  };
  return {
    tags: [tag],
    operationId: id,
    summary,
    ...(query !== undefined && { querystring: query }),
    ...(body !== undefined && { body }),
    ...(consumes !== undefined && { consumes }),
    ...(!isList && !isNew && { params: z.object({ id: z.string().describe('Its number') }) }),
    ...(Object.keys(sent).length > 0 && { headers: z.object(sent) }),
    response: {
      [status]:
        answer === undefined
          ? z.null().describe('Done')
          : {
              description: 'Done',
              headers: answered,
              content: { [produces ?? 'application/json']: { schema: answer } },
            },
      ...(hasEntityTag && isRead && { 304: z.null().describe('It is as the ETag that was sent says') }),
      '4XX': problemAnswer('The request was refused; nothing was done'),
      '5XX': problemAnswer('A fault of the server; nothing was done'),
    },
  };
}

const transformDocument = createJsonSchemaTransformObject({});

/**
 * Gives the document the schemas that have a name. The library has each a second time, as it would be if it were sent;
 * only what is answered has names here, so that nothing refers to those.
 */
export const nameSchemas: SwaggerTransformObject = (given) => {
  const document = transformDocument(given);
  const schemas = 'components' in document ? (document.components?.schemas ?? {}) : {};
  for (const name of Object.keys(schemas)) if (name.endsWith('Input')) delete schemas[name];
  return document;
};
