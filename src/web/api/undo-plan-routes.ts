import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { readUndoPlan, readUndoSteps, undoPlanStates, undoSelectionSchema } from '../../audit/undo/index.ts';
import { HotspotsError } from '../../errors.ts';
import { hasRole, recordId, title } from '../../records/index.ts';
import { applyUndoPlan, planUndoOf, roleForPlan } from '../../runs/index.ts';
import type { PagePluginOptions } from '../page.ts';
import { signedInUser } from '../pages/account/sessions.ts';
import { listAnswer } from './list-answer.ts';
import { describeRoute } from './openapi.ts';
import { readInput } from './problems.ts';

const answer = z
  .object({
    id: z.string(),
    createdAt: z.iso.datetime(),
    createdByEmail: z.string(),
    selection: z.looseObject({}).describe('What is to be undone'),
    watermark: z.string().describe('The newest log entry that the plan knows'),
    state: z.enum(undoPlanStates),
    runId: z.string().nullable().describe('The run that carries it out'),
    replacedById: z.string().nullable(),
    counts: z.looseObject({}).describe('How many records are restored, recreated, removed, skipped'),
  })
  .meta({ id: 'UndoPlan' });
const selectionSchema = undoSelectionSchema.meta({
  description: 'Either log entries by their numbers, or a filter; with fields, only these fields of them',
  examples: [
    { filter: { run: ['12'] } },
    { filter: { actor: ['ana@example.org'], since: '2027-05-09T00:00:00Z' } },
    { entryIds: ['7'], fields: ['name'] },
  ],
});
const tag = 'undo-plans';
const stepsQuery = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,9}$/, 'must be what an earlier page gave as next')
    .optional()
    .describe('What an earlier page gave as next'),
});
const reasonSchema = z.strictObject({ reason: title(1000) });

type ById = { Params: { id: string } };

/** Plans of undo: made, read and carried out, by the same rules as on the pages. */
export const undoPlanRoutes: FastifyPluginAsync<Pick<PagePluginOptions, 'database'>> = async (
  app,
  { database: { sequelize } },
) => {
  app.post(
    '/undo-plans',
    {
      config: { api: true, access: 'editor', scope: 'review' },
      schema: describeRoute({
        tag,
        id: 'create-undo-plans',
        summary: 'Makes a plan of an undo; nothing else is changed',
        status: 201,
        body: selectionSchema,
        answer,
      }),
    },
    async (request, reply) => {
      const selection = readInput(selectionSchema, request.body, 'body');
      const plan = await planUndoOf(sequelize, selection, signedInUser(request));
      return reply.code(201).header('location', `${app.prefix}/undo-plans/${plan.id}`).send(plan);
    },
  );

  app.get<ById>(
    '/undo-plans/:id',
    {
      config: { api: true, access: 'viewer' },
      schema: describeRoute({ tag, id: 'read-undo-plans', summary: 'Reads one plan', answer }),
    },
    async (request, reply) => reply.send(await readUndoPlan(sequelize, planId(request.params.id))),
  );

  app.get<ById>(
    '/undo-plans/:id/steps',
    {
      config: { api: true, access: 'viewer' },
      schema: describeRoute({
        tag,
        id: 'steps-undo-plans',
        summary: 'Lists what a plan does to each record',
        query: stepsQuery,
        answer: z.object({ data: z.array(z.looseObject({})), next: z.string().nullable() }),
      }),
    },
    async (request, reply) => {
      const { after = '0' } = readInput(stepsQuery, request.query, 'query');
      const { id } = await readUndoPlan(sequelize, planId(request.params.id));
      const limit = 200;
      const data = await readUndoSteps(sequelize, id, { limit, after: Number(after) });
      const next = data.length < limit ? null : String(data.at(-1)?.position ?? '');
      return listAnswer(request, reply, data, next);
    },
  );

  app.post<ById>(
    '/undo-plans/:id/apply',
    {
      config: { api: true, access: 'editor', scope: 'review' },
      schema: describeRoute({
        tag,
        id: 'apply-undo-plans',
        summary: 'Carries a plan out',
        body: reasonSchema,
        answer,
      }),
    },
    async (request, reply) => {
      const { reason } = readInput(reasonSchema, request.body, 'body');
      const plan = await readUndoPlan(sequelize, planId(request.params.id));
      const user = signedInUser(request);
      const needed = roleForPlan(plan);
      if (!hasRole(user, needed)) {
        throw new HotspotsError(
          'FORBIDDEN',
          `This plan creates or deletes records, which needs the role ${needed}; ${user.email} has the role ${user.role}.`,
        );
      }
      const applied = await applyUndoPlan(sequelize, plan.id, { by: user, reason });
      return reply.send(applied.plan);
    },
  );
};

function planId(text: string): string {
  const id = recordId.safeParse(text).data;
  if (id !== undefined) return id;
  throw new HotspotsError('UNDO_PLAN_UNKNOWN', `There is no plan ${JSON.stringify(text.slice(0, 40))}.`);
}
