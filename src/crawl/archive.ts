import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { LimitReader, WARCParser, type WARCRecord } from 'warcio';
import { HotspotsError } from '../errors.ts';
import { normaliseUrl } from '../normalise/web.ts';
import { FetchFailed, PageSkipped } from './errors.ts';
import { maxBodySize } from './http-client.ts';
import {
  type CrawlRequest,
  type FetchedPage,
  isReadableType,
  maxRedirects,
  type PageFetcher,
} from './page.ts';

/** A response in a WARC file: where it lies and what it answers. */
export interface ArchivedResponse {
  recordId: string;
  url: string;
  /** WARC-Date. */
  fetchedAt: Temporal.Instant;
  /** Bytes from the start of the file. */
  offset: number;
  length: number;
}

export interface ArchivedBody {
  statusCode: number;
  header(name: string): string | undefined;
  body: Buffer;
}

/** The responses of a WARC file (WARC 1.0 and 1.1, gzipped record by record or not). Bodies stay in the file. */
export class Archive {
  readonly path: string;
  /** In the order of the file. */
  readonly responses: readonly ArchivedResponse[];
  /** Bytes at the end of the file, in which it is cut off or damaged; 0 for a whole file. */
  readonly unreadBytes: number;
  readonly #byRecordId = new Map<string, ArchivedResponse>();
  readonly #byUrl = new Map<string, ArchivedResponse>();

  constructor(path: string, { responses, unreadBytes }: ArchiveIndex) {
    this.path = path;
    this.responses = responses;
    this.unreadBytes = unreadBytes;
    for (const response of responses) {
      this.#byRecordId.set(response.recordId, response);
      const key = normaliseUrl(response.url) ?? response.url;
      const known = this.#byUrl.get(key);
      if (known === undefined || Temporal.Instant.compare(known.fetchedAt, response.fetchedAt) <= 0) {
        this.#byUrl.set(key, response);
      }
    }
  }

  byRecordId(recordId: string): ArchivedResponse | undefined {
    return this.#byRecordId.get(recordId);
  }

  /** The latest response for an address, in whatever spelling. */
  byUrl(url: string): ArchivedResponse | undefined {
    return this.#byUrl.get(normaliseUrl(url) ?? url);
  }

  /**
   * Reads a response again, its transfer and content encodings undone.
   * @throws FetchFailed, not to be retried, when it is too large or damaged
   */
  async read(response: ArchivedResponse): Promise<ArchivedBody> {
    const { offset, length } = response;
    const file = createReadStream(this.path, { start: offset, end: offset + length - 1 });
    try {
      const record = await WARCParser.parse(file);
      if (record?.httpHeaders == null) throw new Error('the record is not where it was');
      const { headers, statusCode } = record.httpHeaders;
      if (!/^[1-9]\d\d$/.test(String(statusCode))) throw new Error('it has no HTTP status');
      return {
        statusCode: Number(statusCode),
        header: (name) => headers.get(name) ?? undefined,
        body: await readContent(record),
      };
    } catch (error) {
      if (error instanceof FetchFailed) throw error;
      throw new FetchFailed(`The archived page cannot be read: ${reasonOf(error)}.`, {
        failure: 'archive',
        cause: error,
      });
    } finally {
      file.destroy();
    }
  }
}

interface ArchiveIndex {
  responses: readonly ArchivedResponse[];
  unreadBytes: number;
}

/** Blank lines after the last record belong to it. */
const longestEnd = 16;

/**
 * Reads the index of a WARC file. Of a file that is cut off or damaged, what comes before that is read.
 * @throws HotspotsError ARCHIVE_UNREADABLE
 */
export async function openArchive(path: string): Promise<Archive> {
  const file = createReadStream(path);
  try {
    const { responses, end } = await listResponses(file);
    const rest = (await stat(path)).size - end;
    return new Archive(path, { responses, unreadBytes: rest > longestEnd ? rest : 0 });
  } catch (error) {
    throw new HotspotsError(
      'ARCHIVE_UNREADABLE',
      `The archive ${path} cannot be read: ${reasonOf(error)}. ` +
        'It must be a WARC file (.warc, or .warc.gz compressed record by record) that this user may read.',
      { cause: error },
    );
  } finally {
    file.destroy();
  }
}

/** The responses, and where the last whole record ends, in bytes from the start of the file. */
async function listResponses(
  file: AsyncIterable<Uint8Array>,
): Promise<{ responses: ArchivedResponse[]; end: number }> {
  const parser = new WARCParser(file);
  const responses: ArchivedResponse[] = [];
  let records = 0;
  let previousOffset = -1;
  let end = 0;
  for await (const record of parser) {
    records++;
    if (!record.warcHeaders.statusline.startsWith('WARC/')) throw new Error('it is no WARC file');
    if (!(await skipRest(record))) break;
    const { offset, recordLength: length } = parser;
    if (offset <= previousOffset) throw new Error('it is compressed as a whole, not record by record');
    previousOffset = offset;
    end = offset + length;
    const response = describeResponse(record);
    if (response !== null) responses.push({ ...response, offset, length });
  }
  if (end === 0) throw new Error(records === 0 ? 'it has no records' : 'its first record is cut off');
  return { responses, end };
}

/**
 * Goes to the end of a record; false when the file ends before. The library's own `skipFully` then never returns.
 */
async function skipRest({ reader }: WARCRecord): Promise<boolean> {
  if (!(reader instanceof LimitReader)) throw new Error('a record has no length');
  while (reader.limit > 0) {
    const skipped = await reader.sourceIter.skipSize(reader.limit);
    if (skipped === 0) return false;
    reader.limit -= skipped;
  }
  return true;
}

function describeResponse(record: WARCRecord): Omit<ArchivedResponse, 'offset' | 'length'> | null {
  const url = record.warcTargetURI ?? '';
  const recordId = record.warcHeader('WARC-Record-ID') ?? '';
  const isPage = record.warcType === 'response' && record.httpHeaders !== null && /^https?:\/\//i.test(url);
  if (!isPage || recordId === '' || !URL.canParse(url)) return null;
  return { recordId, url, fetchedAt: instantOf(record.warcDate ?? '') };
}

/** A record without a readable date is taken for the oldest. */
function instantOf(text: string): Temporal.Instant {
  try {
    return Temporal.Instant.from(text);
  } catch (error) {
    if (error instanceof RangeError) return Temporal.Instant.fromEpochMilliseconds(0);
    throw error;
  }
}

async function readContent(record: WARCRecord): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of record.contentReader) {
    size += chunk.length;
    if (size > maxBodySize)
      throw new FetchFailed(`The body has more than ${maxBodySize} bytes.`, { failure: 'large-body' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Answers requests from an archive, as the network did when it was made. */
export class ArchiveFetcher implements PageFetcher {
  readonly #archive: Archive;

  constructor(archive: Archive) {
    this.#archive = archive;
  }

  async fetch(request: CrawlRequest): Promise<FetchedPage> {
    const { archiveRecord } = request;
    let response: ArchivedResponse | undefined =
      archiveRecord === null ? this.#archive.byUrl(request.url) : this.#archive.byRecordId(archiveRecord);
    for (let hop = 0; hop <= maxRedirects; hop++) {
      if (response === undefined) throw new PageSkipped('it is not in the archive');
      const { statusCode, header, body } = await this.#archive.read(response);
      const contentType = header('content-type') ?? null;
      if (statusCode >= 200 && statusCode < 300) {
        if (!isReadableType(contentType, request.kind)) {
          throw PageSkipped.unreadType(contentType, statusCode);
        }
        return { url: response.url, statusCode, contentType, body, fetchedAt: response.fetchedAt };
      }
      const location = header('location');
      if (statusCode < 300 || statusCode > 399 || location === undefined) {
        throw new FetchFailed(`It was archived with status ${statusCode}.`, {
          failure: 'archive',
          statusCode,
        });
      }
      // Every record of the archive is read by itself, the redirect's target too.
      if (archiveRecord !== null) throw new PageSkipped('it is an archived redirect', statusCode);
      response = this.#archive.byUrl(URL.parse(location, response.url)?.href ?? '');
    }
    throw new FetchFailed(`More than ${maxRedirects} redirects.`, { failure: 'archive' });
  }

  /** Nothing waits here. */
  stop(): void {}

  async close(): Promise<void> {}
}
