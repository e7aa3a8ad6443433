import { Feed } from 'feed';
import { config } from '../../config.ts';
import type { Run } from '../../models/run.ts';
import { withQuery } from './query-of.ts';
import { counted } from './show.ts';

const mostEntries = 50;

/** Runs as an Atom feed (RFC 4287), one entry for each. Control characters, which XML cannot hold, are left out. */
export async function runFeed(
  runs: AsyncIterable<Run>,
  path: string,
  query: URLSearchParams,
): Promise<string> {
  const { publicUrl } = config;
  const self = new URL(withQuery(path, query), publicUrl).href;
  const feed = new Feed({
    id: self,
    title: 'Runs of hotspots',
    link: new URL('/review', publicUrl).href,
    feedLinks: { atom: self },
    copyright: '',
  });
  let count = 0;
  for await (const run of runs) {
    const link = new URL(`/review/runs/${run.id}`, publicUrl).href;
    const what = run.kind === 'undo' ? 'undo' : `${run.spider}, ${run.sourceName}`;
    const lines = [
      `${counted(run.created, 'record')} new, ${run.updated} changed, ${run.deleted} deleted, by ${run.actorEmail}.`,
      ...run.flags.map(({ sentence }) => sentence),
    ];
    feed.addItem({
      id: link,
      link,
      title: plain(`Run ${run.id}: ${what}${run.flags.length > 0 ? ' (flagged)' : ''}`),
      description: plain(lines.join('\n')),
      date: run.finishedAt ?? run.startedAt,
    });
    count += 1;
    if (count === mostEntries) break;
  }
  return feed.atom1();
}

function plain(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '').toWellFormed();
}
