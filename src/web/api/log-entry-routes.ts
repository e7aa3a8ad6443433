import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { allFilterWords, filterFromQuery, findLogEntries, type LogEntryRow } from '../../audit/read/index.ts';
import { HotspotsError } from '../../errors.ts';
import { recordId } from '../../records/index.ts';
import { findChange, readingContext } from '../../runs/index.ts';
import { queryOf } from '../filter-form.ts';
import type { PagePluginOptions } from '../page.ts';
import { listAnswer, pageWords, splitQuery } from './list-answer.ts';
import { describeRoute } from './openapi.ts';

const answer = z
  .object({
    id: z.string(),
    timestamp: z.iso.datetime(),
    action: z.enum(['create', 'update', 'delete', 'access']),
    actorId: z.string().nullable(),
    actorEmail: z.string(),
    runId: z.string().nullable(),
    model: z.string(),
    objectId: z.string(),
    objectLabel: z.string(),
    sourceUrl: z.string().nullable(),
    correlationId: z.string().nullable(),
    changes: z.record(z.string(), z.unknown()).describe('{field: [old, new]}'),
    extra: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'LogEntry' });

const orders = ['-id'] as const;
const pageWordNames = ['order', 'limit', 'after'];

/** Log entries, read only, by the same words as on the page of changes. */
export const logEntryRoutes: FastifyPluginAsync<Pick<PagePluginOptions, 'database'>> = async (
  app,
  { database: { sequelize } },
) => {
  const words = Object.fromEntries(allFilterWords.map((word) => [word, z.string().optional()]));
  app.get(
    '/log-entries',
    {
      config: { api: true, access: 'viewer' },
      schema: describeRoute({
        tag: 'log-entries',
        id: 'list-log-entries',
        summary: 'Lists log entries, the newest first; a "-" in front of a value excludes it',
        query: z.object({ ...words, ...pageWords(orders) }),
        answer: z.object({ data: z.array(answer), next: z.string().nullable() }),
      }),
    },
    async (request, reply) => {
      const { page } = splitQuery(request.query, orders);
      const filter = filterFromQuery(queryOf(request), { otherWords: pageWordNames });
      const before = page.after === null ? undefined : recordId.safeParse(page.after).data;
      if (page.after !== null && before === undefined)
        throw new HotspotsError('USAGE', 'Invalid cursor. Start from the first page.');
      const { entries, next } = await findLogEntries(
        sequelize,
        filter,
        { limit: page.limit, ...(before !== undefined && { before }) },
        readingContext(),
      );
      return listAnswer(request, reply, entries.map(present), next);
    },
  );

  app.get<{ Params: { id: string } }>(
    '/log-entries/:id',
    {
      config: { api: true, access: 'viewer' },
      schema: describeRoute({
        tag: 'log-entries',
        id: 'read-log-entries',
        summary: 'Reads one log entry',
        answer,
      }),
    },
    async (request, reply) => reply.send(present(await findChange(sequelize, request.params.id))),
  );
};

/** Addresses of people's machines stay on the pages: a program has no use for them. */
function present({ remoteAddress: _, ...entry }: LogEntryRow): object {
  return entry;
}
