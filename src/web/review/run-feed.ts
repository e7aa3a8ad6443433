import { Feed } from 'feed';
import { config } from '../../config.ts';
import { runTitle } from '../../runs/list.ts';
import type { Run } from '../../runs/run.ts';
import { html } from '../html.ts';
import { withQuery } from '../query-of.ts';
import { counted, number } from '../show.ts';

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
      `${counted(created, 'record')} new, ${number(updated)} changed, ${number(deleted)} deleted, by ${run.actorEmail}.`,
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
