import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WARCRecord, WARCSerializer } from 'warcio';
import { openArchive } from '../../src/crawl/archive.ts';
import { eventPage } from './helpers/event-page.ts';
import { testSource } from './helpers/test-source.ts';
import { useCrawls } from './helpers/use-crawls.ts';

const crawls = useCrawls();
const corpus = path.resolve(
  import.meta.dirname,
  '../../../shared/corpora/events/city-scrapers/pages.warc.gz',
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotspots-archive-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Entry {
  url: string;
  body?: string | Buffer | undefined;
  date?: string;
  status?: string;
  headers?: Record<string, string>;
}

async function serialise(entry: Entry, gzip: boolean): Promise<Uint8Array> {
  const record = WARCRecord.create(
    {
      type: 'response',
      url: entry.url,
      date: entry.date ?? '2030-01-01T00:00:00Z',
      statusline: `HTTP/1.1 ${entry.status ?? '200 OK'}`,
      httpHeaders: { 'content-type': 'text/html; charset=utf-8', ...entry.headers },
    },
    [Buffer.from(entry.body ?? '')],
  );
  return WARCSerializer.serialize(record, { gzip });
}

async function writeArchive(name: string, entries: readonly Entry[], gzip = true): Promise<string> {
  const file = path.join(folder, name);
  const records: Uint8Array[] = [];
  for (const entry of entries) records.push(await serialise(entry, gzip));
  await writeFile(file, Buffer.concat(records));
  return file;
}

const page = (name: string, links: readonly string[] = []) => eventPage(name, links).body;

describe('an archive without a source', () => {
  test('is read record by record, also where several share an address', async () => {
    const file = await writeArchive('records.warc.gz', [
      { url: 'http://a.example/', body: page('a', ['http://b.example/']) },
      { url: 'http://b.example/', body: page('b') },
      { url: 'http://b.example/', body: page('b again'), date: '2031-01-01T00:00:00Z' },
      { url: 'http://b.example/gone', status: '404 Not Found' },
    ]);
    const source = testSource('http://archive.invalid/', { limits: { pages: 1 } });
    const result = await crawls.crawl({ source, archive: { path: file, everyRecord: true } });
    expect(result).toMatchObject({ state: 'finished', pages: 3, failed: 1 });
    expect(await crawls.writtenNames()).toEqual(['a', 'b', 'b again']);
  });

  test('is read as far as the caller wants', async () => {
    const file = await writeArchive('limit.warc.gz', [
      { url: 'http://a.example/', body: page('a') },
      { url: 'http://b.example/', body: page('b') },
    ]);
    const source = testSource('http://archive.invalid/');
    const result = await crawls.crawl({ source, archive: { path: file, everyRecord: true }, limit: 1 });
    expect(result.pages).toBe(1);
    expect(await crawls.writtenNames()).toEqual(['a']);
  });
});

describe('an archive with a source', () => {
  test('answers start URLs and links with its latest record, and says what it does not have', async () => {
    const file = await writeArchive(
      'site.warc',
      [
        { url: 'http://city.example/', body: page('start', ['/moved', '/missing', '/old']) },
        { url: 'http://city.example/moved', status: '301 Moved', headers: { location: '/final' } },
        { url: 'http://city.example/final', body: page('final') },
        { url: 'http://city.example/old', body: page('new'), date: '2031-01-01T00:00:00Z' },
        { url: 'http://city.example/old', body: page('old'), date: '2029-01-01T00:00:00Z' },
        { url: 'http://city.example/unlinked', body: page('unlinked') },
      ],
      false,
    );
    const source = testSource('http://city.example/');
    const result = await crawls.crawl({ source, archive: { path: file, everyRecord: false } });
    expect(result.skips).toEqual([{ reason: 'it is not in the archive', count: 1 }]);
    expect(await crawls.writtenNames()).toEqual(['final', 'new', 'start']);
  });

  test('lays the window of recurring events around the day it was made', async () => {
    const calendar =
      'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Market\r\nDTSTART:20200101T100000Z\r\n' +
      'RRULE:FREQ=MONTHLY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';
    const headers = { 'content-type': 'text/calendar' };
    const file = await writeArchive('calendar.warc.gz', [
      { url: 'http://city.example/a.ics', body: calendar, headers, date: '2022-06-01T00:00:00Z' },
    ]);
    const years = new Set<string>();
    await crawls.crawl({
      source: testSource('http://city.example/a.ics'),
      archive: { path: file, everyRecord: false },
      pipeline: {
        itemKind: 'event',
        async write(items) {
          for (const { item } of items) years.add(String(item.thing.startDate).slice(0, 4));
          return { created: 0, updated: 0, unchanged: items.length, rejected: 0, held: 0, suggested: 0 };
        },
      },
    });
    expect([...years]).toContain('2022');
    expect([...years]).not.toContain('2026');
  });
});

describe('an archived body', () => {
  test('is given as the page had it, encodings undone', async () => {
    const file = await writeArchive('encoded.warc.gz', [
      { url: 'http://a.example/gzip', body: gzipSync('zipped'), headers: { 'content-encoding': 'gzip' } },
      {
        url: 'http://a.example/chunked',
        body: '4\r\nchun\r\n3\r\nked\r\n0\r\n\r\n',
        headers: { 'transfer-encoding': 'chunked' },
      },
      { url: 'http://a.example/not-zipped', body: 'plain', headers: { 'content-encoding': 'gzip' } },
    ]);
    const archive = await openArchive(file);
    const bodies = await Promise.all(archive.responses.map((response) => archive.read(response)));
    expect(bodies.map(({ body }) => body.toString())).toEqual(['zipped', 'chunked', 'plain']);
  });

  test('that is a bomb is not unpacked', async () => {
    const body = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const file = await writeArchive('bomb.warc.gz', [
      { url: 'http://a.example/', body, headers: { 'content-encoding': 'gzip' } },
    ]);
    const archive = await openArchive(file);
    const [response] = archive.responses;
    if (response === undefined) throw new Error('The archive has one response.');
    await expect(archive.read(response)).rejects.toThrow('more than 20971520 bytes');
  });
});

describe('an archive with a record that makes no sense', () => {
  test.each(['99999 Far', 'abc OK'])('answers with status %s: that page alone fails', async (status) => {
    const file = await writeArchive(
      'status.warc',
      [
        { url: 'http://a.example/', body: page('a'), status },
        { url: 'http://b.example/', body: page('b') },
      ],
      false,
    );
    const source = testSource('http://archive.invalid/');
    const result = await crawls.crawl({ source, archive: { path: file, everyRecord: true } });
    expect(result).toMatchObject({ state: 'finished', pages: 1, failed: 1 });
    expect(result.failures).toMatchObject([{ error: expect.stringContaining('no HTTP status') }]);
  });
});

describe('an archive that is cut off', () => {
  test.each([
    ['plain', false],
    ['gzipped', true],
  ])('is read up to there, and says so (%s)', async (name, gzip) => {
    const entries = ['a', 'b', 'c'].map((letter) => ({
      url: `http://${letter}.example/`,
      body: page(letter),
    }));
    const whole = await writeArchive(`whole-${name}.warc`, entries, gzip);
    const content = await readFile(whole);
    const file = path.join(folder, `cut-${name}.warc`);
    await writeFile(file, content.subarray(0, -80));

    const source = testSource('http://archive.invalid/');
    const complete = await crawls.crawl({ source, archive: { path: whole, everyRecord: true } });
    expect(complete).toMatchObject({ pages: 3, problems: [] });
    const result = await crawls.crawl({ source, archive: { path: file, everyRecord: true } });
    expect(result).toMatchObject({
      state: 'finished',
      pages: 2,
      problems: [{ code: 'archive-cut', sampleUrl: file }],
    });
  });
});

describe('a file that is no archive', () => {
  test.each([
    ['is missing', null, /no such file/],
    ['is empty', Buffer.alloc(0), /no records/],
    ['is a text', Buffer.from('This is a letter.\nIt has two lines.\n'), /no WARC file|no records/],
    [
      'ends in its first record',
      Buffer.from('WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 99999\r\n\r\nshort'),
      /first record is cut off/,
    ],
    ['is noise', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]), /./],
  ])('because it %s is refused with the reason', async (name, content, reason) => {
    const file = path.join(folder, name.replaceAll(' ', '-'));
    if (content !== null) await writeFile(file, content);
    await expect(openArchive(file)).rejects.toMatchObject({
      code: 'ARCHIVE_UNREADABLE',
      message: expect.stringMatching(reason),
    });
  });

  test('because it is compressed as a whole is refused with the reason', async () => {
    const plain = await Promise.all(
      ['a', 'b', 'c'].map((name) => serialise({ url: `http://${name}.example/`, body: page(name) }, false)),
    );
    const file = path.join(folder, 'whole.warc.gz');
    await writeFile(file, gzipSync(Buffer.concat(plain)));
    await expect(openArchive(file)).rejects.toMatchObject({
      code: 'ARCHIVE_UNREADABLE',
      message: expect.stringContaining('record by record'),
    });
  });
});

describe.skipIf(!existsSync(corpus))('the corpus of city pages (skipped where it is not present)', () => {
  test('is read completely', async () => {
    const result = await crawls.crawl({
      source: testSource('http://archive.invalid/'),
      archive: { path: corpus, everyRecord: true },
    });
    expect(result).toMatchObject({ state: 'finished', pages: 139, failed: 0 });
    expect(result.skips).toEqual([
      { reason: 'its content type (application/json; charset=utf-8) is not read', count: 17 },
      { reason: 'its content type (application/pdf) is not read', count: 3 },
    ]);
    expect(result.items).toBeGreaterThan(0);
  });
});
