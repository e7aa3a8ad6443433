import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { filterFromQuery } from '../../audit/reading/filter-from-query.ts';
import { asCsv } from '../../review/export/as-csv.ts';
import { asJsonLines } from '../../review/export/as-json-lines.ts';
import { changeColumns, changeRows } from '../../review/export/change-rows.ts';
import { runColumns, runRow } from '../../review/export/run-rows.ts';
import { streamChanges } from '../../review/export/stream-changes.ts';
import { streamRuns } from '../../review/export/stream-runs.ts';
import { parseRunFilter } from '../../review/run-filter.ts';
import type { PagePlugin } from '../page-options.ts';
import { queryOf } from '../query-of.ts';
import { runFeed } from './run-feed.ts';
import { runsOfChanges } from './runs-of-changes.ts';

const viewers = { config: { access: 'viewer' } } as const;

/** The lists of runs and of changes in other formats: the same filter, all of it, streamed. */
export const exports: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get('/review/changes.csv', viewers, (request, reply) => {
    const filter = filterFromQuery(queryOf(request));
    const rows = flatten(map(streamChanges(sequelize, filter), changeRows));
    return download(reply, 'changes.csv', 'text/csv; charset=utf-8', asCsv(changeColumns, rows));
  });
  app.get('/review/changes.jsonl', viewers, (request, reply) => {
    const filter = filterFromQuery(queryOf(request));
    const values = map(streamChanges(sequelize, filter), ({ entry, ...rest }) => ({ ...entry, ...rest }));
    return download(reply, 'changes.jsonl', 'application/jsonl; charset=utf-8', asJsonLines(values));
  });
  app.get('/review/runs.csv', viewers, (request, reply) => {
    const rows = map(streamRuns(sequelize, parseRunFilter(queryOf(request))), runRow);
    return download(reply, 'runs.csv', 'text/csv; charset=utf-8', asCsv(runColumns, rows));
  });
  app.get('/review/runs.jsonl', viewers, (request, reply) => {
    const rows = map(streamRuns(sequelize, parseRunFilter(queryOf(request))), runRow);
    return download(reply, 'runs.jsonl', 'application/jsonl; charset=utf-8', asJsonLines(rows));
  });
  app.get('/review/runs.atom', viewers, async (request, reply) => {
    const query = queryOf(request);
    const runs = streamRuns(sequelize, parseRunFilter(query));
    return reply
      .type('application/atom+xml; charset=utf-8')
      .send(await runFeed(runs, '/review/runs.atom', query));
  });
  app.get('/review/changes.atom', viewers, async (request, reply) => {
    const query = queryOf(request);
    const runs = runsOfChanges(sequelize, filterFromQuery(query));
    return reply
      .type('application/atom+xml; charset=utf-8')
      .send(await runFeed(runs, '/review/changes.atom', query));
  });
};

function download(
  reply: FastifyReply,
  name: string,
  type: string,
  content: AsyncIterable<string>,
): FastifyReply {
  return reply
    .type(type)
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('cache-control', 'no-store')
    .send(Readable.from(content));
}

async function* map<From, To>(values: AsyncIterable<From>, change: (value: From) => To): AsyncGenerator<To> {
  for await (const value of values) yield change(value);
}

async function* flatten<Value>(lists: AsyncIterable<readonly Value[]>): AsyncGenerator<Value> {
  for await (const list of lists) yield* list;
}
