import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { readInput } from './problems.ts';

const limitWord = z
  .string()
  .regex(/^\d{1,4}$/, 'must be a whole number')
  .transform(Number)
  .pipe(z.number().min(1).max(200))
  .describe('How many at most: 1 to 200, 50 when left out');

/** The words that every list has besides its filter. */
export function pageWords(orders: readonly string[]) {
  return {
    order: z.enum(orders).optional().describe(`Default: ${orders[0]}. A "-" in front: the greatest first`),
    limit: limitWord.optional(),
    after: z.string().max(200_000).optional().describe('What an earlier page gave as next'),
  };
}

/**
 * The words of a list's page, and the rest, which are those of its filter.
 *
 * @throws InputError
 */
export function splitQuery(query: unknown, orders: readonly [string, ...string[]]) {
  const { order, limit, after, ...words } = querySchema.parse(query);
  const page = readInput(pageSchema(orders), { order, limit, after }, 'query');
  return {
    words,
    page: { order: page.order ?? orders[0], limit: page.limit ?? 50, after: page.after ?? null },
  };
}

const querySchema = z.record(z.string(), z.unknown());

const makePageSchema = (orders: readonly string[]) => z.strictObject(pageWords(orders));
const pageSchemas = new WeakMap<readonly string[], ReturnType<typeof makePageSchema>>();

/** Made once per list: making it costs more than reading many a query with it. */
function pageSchema(orders: readonly string[]): ReturnType<typeof makePageSchema> {
  const schema = pageSchemas.get(orders) ?? makePageSchema(orders);
  pageSchemas.set(orders, schema);
  return schema;
}

/** A page of a list, with where the next one is: in the body, and as a link (RFC 8288). */
export function listAnswer(
  request: FastifyRequest,
  reply: FastifyReply,
  data: readonly object[],
  next: string | null,
): FastifyReply {
  if (next !== null) {
    const url = new URL(request.url, 'http://localhost');
    url.searchParams.set('after', next);
    reply.header('link', `<${url.pathname}${url.search}>; rel="next"`);
  }
  return reply.send({ data, next });
}
