import type { FastifyPluginAsync, FastifyRequest } from 'fastify';
import type { Model, Transaction } from 'sequelize';
import { z } from 'zod';
import { sequelizeOf } from '../../audit/index.ts';
import { HotspotsError } from '../../errors.ts';
import { isId } from '../../ids.ts';
import { hasRole, listRecords } from '../../records/index.ts';
import { unknownRecord } from '../../runs/index.ts';
import type { PagePluginOptions } from '../page.ts';
import { signedInUser } from '../pages/account/sessions.ts';
import { listAnswer, pageWords, splitQuery } from './list-answer.ts';
import { describeRoute } from './openapi.ts';
import { InputError, readInput } from './problems.ts';
import type { Resource } from './resource.ts';
import { presentRecord } from './resource.ts';
import { answerWrite, checkMatch, entityTag, isKnown } from './writes.ts';

type ById = { Params: { id: string } };

/** The routes of a resource. Each write is one transaction; the frame has set its actor. */
export function resourceRoutes(resource: Resource): FastifyPluginAsync<Pick<PagePluginOptions, 'database'>> {
  const { path, label, model, access, orders, actions, required, fields } = resource;
  const own = resource.ownership;
  const tag = path;
  const present = (record: Model) => presentRecord(resource, record);

  return async (app, { database: { sequelize } }) => {
    app.get(
      `/${path}`,
      {
        config: { api: true, access: access.read },
        schema: describeRoute({
          tag,
          id: `list-${path}`,
          summary: `Lists ${path}`,
          query: resource.filter.extend(pageWords(orders)),
          answer: z.object({ data: z.array(resource.answer), next: z.string().nullable() }),
        }),
      },
      async (request, reply) => {
        const { page, words } = splitQuery(request.query, orders);
        const { order, limit, after } = page;
        const where = resource.where(words);
        const { records, next } = await listRecords(sequelize, { model, where, order, after, limit });
        return listAnswer(request, reply, records.map(present), next);
      },
    );

    app.get<ById>(
      `/${path}/:id`,
      {
        config: { api: true, access: access.read },
        schema: describeRoute({
          tag,
          id: `read-${path}`,
          summary: `Reads one ${label}`,
          answer: resource.answer,
          hasEntityTag: true,
        }),
      },
      async (request, reply) => {
        const body = present(await find(request));
        const etag = entityTag(body);
        reply.header('etag', etag);
        const known = isKnown(request.headers['if-none-match'], etag);
        return known ? reply.code(304).send() : reply.send(body);
      },
    );

    app.post(
      `/${path}`,
      {
        config: { api: true, access: access.write },
        schema: describeRoute({
          tag,
          id: `create-${path}`,
          summary: `Creates one ${label}`,
          status: 201,
          body: resource.whole,
          answer: resource.answer,
          isIdempotent: true,
          hasEntityTag: true,
        }),
      },
      async (request, reply) => {
        const values = readInput(resource.whole, request.body, 'body');
        return answerWrite(sequelize, request, reply, async (transaction) => {
          const record = model.build();
          record.set(values);
          if (own?.attribute !== undefined) record.set(own.attribute, signedInUser(request).id);
          await checkOwner(request, record, transaction);
          await save(record, transaction);
          const body = present(record);
          const headers = {
            location: `${app.prefix}/${path}/${String(record.get('id'))}`,
            etag: entityTag(body),
          };
          return { status: 201, headers, body };
        });
      },
    );

    for (const method of ['PUT', 'PATCH'] as const) {
      app.route<ById>({
        method,
        url: `/${path}/:id`,
        config: { api: true, access: access.write },
        schema: describeRoute({
          tag,
          id: `${method === 'PUT' ? 'replace' : 'change'}-${path}`,
          summary: method === 'PUT' ? `Replaces one ${label}` : `Changes fields of one ${label} (RFC 7396)`,
          body: method === 'PUT' ? resource.whole : resource.patch,
          ...(method === 'PATCH' && { consumes: ['application/json', 'application/merge-patch+json'] }),
          answer: resource.answer,
          hasEntityTag: true,
        }),
        handler: async (request, reply) => {
          const values =
            method === 'PUT'
              ? { ...unsent(), ...readInput(resource.whole, request.body, 'body') }
              : readInput(resource.patch, request.body, 'body');
          return answerWrite(sequelize, request, reply, async (transaction) => {
            const record = await find(request, transaction);
            await checkOwner(request, record, transaction);
            checkMatch(request.headers['if-match'], present(record));
            record.set(values);
            // Whose it is may have been changed by pointing it to another record.
            await checkOwner(request, record, transaction);
            await save(record, transaction);
            const body = present(record);
            return { status: 200, headers: { etag: entityTag(body) }, body };
          });
        },
      });
    }

    app.delete<ById>(
      `/${path}/:id`,
      {
        config: { api: true, access: access.remove },
        schema: describeRoute({
          tag,
          id: `delete-${path}`,
          summary: `Deletes one ${label}`,
          status: 204,
          hasEntityTag: true,
        }),
      },
      async (request, reply) =>
        answerWrite(sequelize, request, reply, async (transaction) => {
          const record = await find(request, transaction);
          await checkOwner(request, record, transaction);
          checkMatch(request.headers['if-match'], present(record));
          await record.destroy({ transaction });
          return { status: 204 };
        }),
    );

    for (const { name, summary, access: needed, body: schema, others, run } of actions) {
      app.post<ById>(
        `/${path}/:id/${name}`,
        {
          config: { api: true, access: needed },
          schema: describeRoute({
            tag,
            id: `${name}-${path}`,
            summary,
            body: schema,
            answer: resource.answer,
            isIdempotent: true,
            hasEntityTag: true,
          }),
        },
        async (request, reply) => {
          const body = readInput(schema, request.body ?? {}, 'body');
          return answerWrite(sequelize, request, reply, async (transaction) => {
            const found = await find(request, transaction, others?.(body));
            checkMatch(request.headers['if-match'], present(found));
            const record = await run(request.params.id, body, { sequelize, transaction });
            const answer = present(await record.reload({ transaction }));
            return { status: 200, headers: { etag: entityTag(answer) }, body: answer };
          });
        },
      );
    }
  };

  /** The record that is asked for: within a transaction under lock, together with `others`. */
  async function find(
    request: FastifyRequest<ById>,
    transaction?: Transaction,
    others: readonly string[] = [],
  ): Promise<Model> {
    const { id } = request.params;
    // No row that points to a record has to wait: its number stays.
    const locked = transaction && { transaction, lock: transaction.LOCK.NO_KEY_UPDATE };
    const found = isId(id)
      ? // In one order for all writers, so that two of them wait instead of deadlocking.
        await model.findAll({ where: { id: [id, ...others] }, order: [['id', 'ASC']], ...locked })
      : [];
    const record = found.find((each) => each.get('id') === id);
    if (record !== undefined) return record;
    throw await unknownRecord(
      sequelizeOf(model),
      { model: model.name, objectId: id },
      { noun: label, transaction },
    );
  }

  async function checkOwner(request: FastifyRequest, record: Model, transaction: Transaction): Promise<void> {
    if (own === undefined) return;
    const user = signedInUser(request);
    if (hasRole(user, 'admin') || (await own.ownerOf(record, transaction)) === user.id) return;
    throw new HotspotsError(
      'FORBIDDEN',
      `This ${label} is somebody else’s. Its owner and admins may write it.`,
    );
  }

  async function save(record: Model, transaction: Transaction): Promise<void> {
    const broken = resource.kind.brokenRules(record);
    if (broken.length > 0) {
      throw new InputError(
        broken.map(({ field, message }) => ({ pointer: `/${field}`, message, code: 'custom' })),
      );
    }
    // With what the database made of it: decimals with their places, defaults.
    await record.save({ transaction, returning: true });
  }

  /** What a whole record that was sent leaves out: nothing, or the model's default. */
  function unsent(): Record<string, unknown> {
    const defaults = model.build();
    return Object.fromEntries(
      Object.keys(fields)
        .filter((name) => !required.includes(name))
        .map((name) => [name, defaults.get(name) ?? null]),
    );
  }
}
