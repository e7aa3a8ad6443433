import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { eventsSpider } from '../../crawlers/events.ts';
import { placesSpider } from '../../crawlers/places.ts';
import { eventPage } from './helpers/event-page.ts';
import { TestSite } from './helpers/test-site.ts';
import { testSource } from './helpers/test-source.ts';
import { useCrawls } from './helpers/use-crawls.ts';

vi.mock('../../src/extract/readers.ts', async (original) => {
  const { readers } = await original<typeof import('../../src/extract/readers.ts')>();
  return { readers: [await readerOfReadme(), ...readers] };
});

/** The reader that the README shows, under "How to add a reader". */
async function readerOfReadme() {
  const readme = readFileSync(path.join(import.meta.dirname, '../../src/extract/README.md'), 'utf8');
  const code = /## How to add a reader[\s\S]*?```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  const module = await import(`data:text/javascript,${encodeURIComponent(stripTypeScriptTypes(code))}`);
  return module.agendaReader;
}

const crawls = useCrawls();

test('a reader that is only added to the list is asked for, followed, fetched and read', async () => {
  const accepted: (string | undefined)[] = [];
  const agenda = (event: string, contentType: string) => (request: IncomingMessage) => {
    accepted.push(request.headers.accept);
    return { headers: { 'content-type': contentType }, body: `AGENDA\n2030-05-01 ${event}\nno event` };
  };
  await using site = await TestSite.start({
    '/': eventPage('start', ['/by-type" type="text/x-agenda', '/by-ending.agenda', '/page.html']),
    '/by-type': agenda('by type', 'text/x-agenda; charset=utf-8'),
    '/by-ending.agenda': agenda('by ending', 'application/octet-stream'),
    '/page.html': eventPage('page'),
  });
  // A feed is read at the depth of the page that links to it, so it is read where pages of the next level are not.
  const source = testSource(site.url('/'), { limits: { depth: 0 } });

  const result = await crawls.crawl({ spider: eventsSpider, source });
  expect(await crawls.writtenNames()).toEqual(['by ending', 'by type', 'start']);
  expect(result.problems).toMatchObject([{ code: 'agenda-line-unreadable', count: 2 }]);
  expect(accepted).toHaveLength(2);
  for (const accept of accepted) expect(accept).toContain(', text/x-agenda, ');

  const { pages } = await crawls.crawl({ spider: placesSpider, source });
  expect({ pages, agendas: accepted.length }).toEqual({ pages: 1, agendas: 2 });
});
