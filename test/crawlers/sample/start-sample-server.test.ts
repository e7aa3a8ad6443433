import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleHost } from '../../../crawlers/sample/sample-sources.ts';
import { type SampleServer, startSampleServer } from '../../../crawlers/sample/start-sample-server.ts';
import { type PageContent, readPage } from '../../../src/extract/read-page.ts';

let server: SampleServer;

beforeAll(async () => {
  server = await startSampleServer();
});

afterAll(() => server.close());

/** A page of the town as a crawl reads it, under the town's own host name. */
async function read(path: string): Promise<PageContent> {
  const response = await fetch(`http://${server.host}:${server.port}${path}`);
  expect(response.status).toBe(200);
  return readPage(
    {
      body: await response.bytes(),
      contentType: response.headers.get('content-type'),
      url: `http://${sampleHost}${path}`,
    },
    { now: Temporal.Instant.from('2027-03-01T00:00:00Z') },
  );
}

/** The answer to a request line that a URL library would have tidied. */
async function rawStatus(requestLine: string): Promise<string> {
  const socket = connect(server.port, server.host);
  socket.end(`${requestLine}\r\nHost: x\r\nConnection: close\r\n\r\n`);
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text;
  });
  await once(socket, 'close');
  return answer.split(' ', 2)[1] ?? '';
}

describe('the sample server', () => {
  test('listens on this machine only, on a free port', async () => {
    expect(server.host).toBe('127.0.0.1');
    const second = await startSampleServer();
    expect(second.port).not.toBe(server.port);
    await second.close();
  });

  test('serves nothing but its own pages', async () => {
    expect(await rawStatus('GET /events/ HTTP/1.1')).toBe('200');
    expect(await rawStatus('GET /../sample-sources.ts HTTP/1.1')).toBe('404');
    expect(await rawStatus('GET /..%2fsample-sources.ts HTTP/1.1')).toBe('404');
    expect(await rawStatus('GET //etc/passwd HTTP/1.1')).toBe('404');
    expect(await rawStatus('POST /events/ HTTP/1.1')).toBe('405');
  });
});

describe('the sample town', () => {
  test('has a list of three pages, each linked to the next', async () => {
    const nextOf = async (path: string) => (await read(path)).links.find(({ kind }) => kind === 'next')?.url;
    expect(await nextOf('/events/')).toBe(`http://${sampleHost}/events/page-2.html`);
    expect(await nextOf('/events/page-2.html')).toBe(`http://${sampleHost}/events/page-3.html`);
    expect(await nextOf('/events/page-3.html')).toBeUndefined();
  });

  test.each([
    ['/events/harbour-lights-concert.html', 'none', 'Harbour Lights Concert'],
    ['/events/tide-tables-talk.html', 'cleaned', 'How to Read a Tide Table'],
    ['/events/boatbuilders-open-day.html', 'repaired', 'Boatbuilders’ Open Day'],
    ['/events/fog-film-night.html', 'none', 'Fog Film Night'],
    ['/events/night-market.html', 'none', 'Ferry Shed Night Market'],
  ] as const)('%s needs the repair "%s"', async (path, stage, name) => {
    const page = await read(path);
    expect(page.repairs[stage]).toBe(1);
    expect(page.items.map(({ thing }) => thing.name)).toEqual([name]);
  });

  test('has an event put together from a graph', async () => {
    const [item] = (await read('/events/spring-fair.html')).items;
    expect(item?.thing.location).toMatchObject({
      name: 'Quillport Green',
      address: { streetAddress: 'Meeting House Road' },
    });
  });

  test('has a calendar with zones, a day without times, a cancelled event and escaped commas', async () => {
    const { items, problems } = await read('/calendar/town-hall.ics');
    expect(problems).toEqual([]);
    expect(items.map(({ thing }) => `${thing.startDate} ${thing.name}`)).toEqual([
      '2027-04-06T10:30:00[America/New_York] Story Time for Small Sailors',
      '2027-04-13T10:30:00[America/New_York] Story Time for Small Sailors',
      '2027-04-27T10:30:00[America/New_York] Story Time for Small Sailors',
      '2027-03-14T13:00:00[America/New_York] Seed Swap, Soup and Song',
      '2027-03-20 Maple Weekend',
      '2027-04-07T22:00:00Z Council Walkabout',
    ]);
  });

  test('has a page that was cut off, with nothing on it', async () => {
    expect((await read('/events/half-a-page.html')).items).toEqual([]);
  });

  test('keeps every address free of the port it is served on', async () => {
    for (const path of ['/events/', '/places/', '/events/spring-fair.html', '/robots.txt', '/sitemap.xml']) {
      const response = await fetch(`http://${server.host}:${server.port}${path}`);
      expect(await response.text()).not.toMatch(/127\.0\.0\.1|localhost|:\d{4,5}\//);
    }
  });
});
