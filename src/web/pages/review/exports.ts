import { Feed } from 'feed';
import { filterFromQuery } from '../../../audit/read/index.ts';
import { config } from '../../../config.ts';
import {
  asCsv,
  asJsonLines,
  changeColumns,
  changeRows,
  parseRunFilter,
  type Run,
  runColumns,
  runRow,
  runTitle,
  streamChanges,
  streamRuns,
} from '../../../runs/index.ts';
import { counted, formatNumber } from '../../../text.ts';
import { queryOf, withQuery } from '../../filter-form.ts';
import { html } from '../../html.ts';
import type { PagePlugin } from '../../page.ts';
import { sendDownload } from '../../send-download.ts';
import { runsOfChanges } from './entry-list.ts';

const mostEntries = 50;

/** Runs as an Atom feed (RFC 4287), one entry for each. */
export async function runFeed(
  runs: AsyncIterable<Run>,
  path: string,
  query: URLSearchParams,
): Promise<string> {
  const { publicUrl } = config;
  const self = new URL(withQuery(path, query), publicUrl).href;
  const shown: Run[] = [];
  for await (const run of runs) {
    shown.push(run);
    if (shown.length === mostEntries) break;
  }
  const newest = Math.max(...shown.map((run) => dateOf(run).getTime()));
  const feed = new Feed({
    id: self,
    title: 'Runs of hotspots',
    link: new URL('/review', publicUrl).href,
    feedLinks: { atom: self },
    copyright: '',
    // The same runs are the same feed, whenever it is asked for.
    updated: new Date(Number.isFinite(newest) ? newest : 0),
  });
  for (const run of shown) {
    const link = new URL(`/review/runs/${run.id}`, publicUrl).href;
    const { created, updated, deleted } = run;
    const lines = [
      `${counted(created, 'record')} new, ${formatNumber(updated)} changed, ${formatNumber(deleted)} deleted, by ${run.actorEmail}.`,
      ...run.flags.map(({ sentence }) => sentence),
    ];
    feed.addItem({
      id: link,
      link,
      author: [{ name: storable(run.actorEmail) }],
      title: asHtml(`Run ${run.id}: ${runTitle(run)}${run.flags.length > 0 ? ' (flagged)' : ''}`),
      description: lines.map(asHtml).join('<br />\n'),
      date: dateOf(run),
    });
  }
  return feed.atom1();
}

function dateOf({ finishedAt, startedAt }: Run): Date {
  return finishedAt ?? startedAt;
}

/** Titles and texts of the feed are HTML, and what is scraped must not be. */
function asHtml(text: string): string {
  return String(html`${storable(text)}`);
}

/** Without the characters that XML cannot hold. */
function storable(text: string): string {
  return text.replace(/[\p{Cc}\uFFFE\uFFFF]/gu, ' ').toWellFormed();
}

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
