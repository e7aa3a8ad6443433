import type { Archive, ArchivedResponse } from './archive.ts';
import type { CrawlRequest } from './crawl-request.ts';
import { FetchFailed } from './fetch-failed.ts';
import type { FetchedPage, PageFetcher } from './fetched-page.ts';
import { PageSkipped } from './page-skipped.ts';
import { readableContentType } from './readable-content-type.ts';

const maxRedirects = 10;

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
        if (!readableContentType(contentType, request.kind)) {
          throw new PageSkipped(`its content type (${contentType?.slice(0, 100)}) is not read`, statusCode);
        }
        return { url: response.url, statusCode, contentType, body, fetchedAt: response.fetchedAt };
      }
      const location = header('location');
      if (statusCode < 300 || statusCode > 399 || location === undefined) {
        throw new FetchFailed(`It was archived with status ${statusCode}.`, { retry: false, statusCode });
      }
      // Every record of the archive is read by itself, the redirect's target too.
      if (archiveRecord !== null) throw new PageSkipped('it is an archived redirect', statusCode);
      response = this.#archive.byUrl(URL.parse(location, response.url)?.href ?? '');
    }
    throw new FetchFailed(`More than ${maxRedirects} redirects.`, { retry: false });
  }

  /** Nothing waits here. */
  stop(): void {}

  async close(): Promise<void> {}
}
