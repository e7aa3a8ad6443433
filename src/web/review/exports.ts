import { filterFromQuery } from '../../audit/read/index.ts';
import {
  asCsv,
  asJsonLines,
  changeColumns,
  changeRows,
  runColumns,
  runRow,
  streamChanges,
  streamRuns,
} from '../../runs/export.ts';
import { parseRunFilter } from '../../runs/list.ts';
import type { PagePlugin } from '../page-options.ts';
import { queryOf } from '../query-of.ts';
import { sendDownload } from '../send-download.ts';
import { runFeed } from './run-feed.ts';
import { runsOfChanges } from './runs-of-changes.ts';

const csvType = 'text/csv; charset=utf-8';
const jsonLinesType = 'application/jsonl; charset=utf-8';
const viewers = { config: { access: 'viewer' } } as const;

/** The lists of runs and of changes in other formats: the same filter, all of it, streamed. */
export const exports: PagePlugin = async (app, { database: { sequelize } }) => {
  app.get('/review/changes.csv', viewers, async (request, reply) => {
    const filter = filterFromQuery(queryOf(request));
    const rows = () => flatten(map(streamChanges(sequelize, filter), changeRows));
    return sendDownload(request, reply, {
      name: 'changes.csv',
      mediaType: csvType,
      pieces: () => asCsv(changeColumns, rows()),
    });
  });
  app.get('/review/changes.jsonl', viewers, async (request, reply) => {
    const filter = filterFromQuery(queryOf(request));
    const values = () =>
      map(streamChanges(sequelize, filter), ({ entry, ...rest }) => ({ ...entry, ...rest }));
    return sendDownload(request, reply, {
      name: 'changes.jsonl',
      mediaType: jsonLinesType,
      pieces: () => asJsonLines(values()),
    });
  });
  app.get('/review/runs.csv', viewers, async (request, reply) => {
    const filter = parseRunFilter(queryOf(request));
    const rows = () => map(streamRuns(sequelize, filter), runRow);
    return sendDownload(request, reply, {
      name: 'runs.csv',
      mediaType: csvType,
      pieces: () => asCsv(runColumns, rows()),
    });
  });
  app.get('/review/runs.jsonl', viewers, async (request, reply) => {
    const filter = parseRunFilter(queryOf(request));
    const rows = () => map(streamRuns(sequelize, filter), runRow);
    return sendDownload(request, reply, {
      name: 'runs.jsonl',
      mediaType: jsonLinesType,
      pieces: () => asJsonLines(rows()),
    });
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

async function* map<From, To>(values: AsyncIterable<From>, change: (value: From) => To): AsyncGenerator<To> {
  for await (const value of values) yield change(value);
}

async function* flatten<Value>(lists: AsyncIterable<readonly Value[]>): AsyncGenerator<Value> {
  for await (const list of lists) yield* list;
}
