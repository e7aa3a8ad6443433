import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { HotspotsError } from '../../errors.ts';
import { recordId } from '../../records/index.ts';
import {
  listRuns,
  parseRunFilter,
  Run,
  runFilterWords,
  runKinds,
  runStates,
  verdicts,
} from '../../runs/index.ts';
import { queryOf } from '../filter-form.ts';
import type { PagePluginOptions } from '../page.ts';
import { listAnswer, pageWords, splitQuery } from './list-answer.ts';
import { describeRoute } from './openapi.ts';
import { presentRecord } from './resource.ts';

const count = z.int();
const answer = z
  .object({
    id: z.string(),
    kind: z.enum(runKinds),
    spider: z.string().nullable(),
    sourceName: z.string().nullable(),
    actorEmail: z.string(),
    state: z.enum(runStates),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    pages: count,
    items: count,
    created: count,
    updated: count,
    unchanged: count,
    rejected: count,
    failed: count,
    skipped: count,
    changes: count,
    deleted: count,
    held: count,
    suggested: count,
    undone: count,
    revertsRunId: z.string().nullable(),
    reason: z.string().nullable(),
    flags: z.array(z.object({ rule: z.string(), sentence: z.string() })),
    verdict: z.enum(verdicts).nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: 'Run' });

const orders = ['-id'] as const;

/** Runs, read only, by the same words as on the page of runs. */
export const runRoutes: FastifyPluginAsync<Pick<PagePluginOptions, 'database'>> = async (
  app,
  { database: { sequelize } },
) => {
  const words = Object.fromEntries(runFilterWords.map((word) => [word, z.string().optional()]));
  app.get(
    '/runs',
    {
      config: { api: true, access: 'viewer' },
      schema: describeRoute({
        tag: 'runs',
        id: 'list-runs',
        summary:
          'Lists runs: on the first page those that wait for a verdict, then the others, each the newest first',
        query: z.object({ ...words, ...pageWords(orders) }),
        answer: z.object({ data: z.array(answer), next: z.string().nullable() }),
      }),
    },
    async (request, reply) => {
      const { page } = splitQuery(request.query, orders);
      const given = [...queryOf(request)].filter(([word]) => !['order', 'limit', 'after'].includes(word));
      const before = page.after === null ? undefined : recordId.safeParse(page.after).data;
      if (page.after !== null && before === undefined)
        throw new HotspotsError('USAGE', 'Invalid cursor. Start from the first page.');
      const { waiting, runs, next } = await listRuns(sequelize, parseRunFilter(given), {
        limit: page.limit,
        ...(before !== undefined && { before }),
      });
      const data = [...waiting, ...runs].map((run) => presentRecord({ answer }, run));
      return listAnswer(request, reply, data, next);
    },
  );

  app.get<{ Params: { id: string } }>(
    '/runs/:id',
    {
      config: { api: true, access: 'viewer' },
      schema: describeRoute({ tag: 'runs', id: 'read-runs', summary: 'Reads one run', answer }),
    },
    async (request, reply) => {
      const id = recordId.safeParse(request.params.id).data;
      const run = id === undefined ? null : await Run.findByPk(id);
      if (run !== null) return reply.send(presentRecord({ answer }, run));
      throw new HotspotsError(
        'RUN_UNKNOWN',
        `There is no run ${JSON.stringify(request.params.id.slice(0, 40))}.`,
      );
    },
  );
};
