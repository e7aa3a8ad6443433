import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';

/** The sample town, served on this machine for the length of one crawl. */
export interface SampleServer extends AsyncDisposable {
  host: string;
  port: number;
  close(): Promise<void>;
}

interface StoredPage {
  body: Buffer;
  contentType: string;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.ics': 'text/calendar; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

/**
 * Serves the files of `pages/` on 127.0.0.1, on a port that is free. Everything is read into memory first and
 * looked up by its exact path, so no request can reach another file.
 */
export async function startSampleServer(): Promise<SampleServer> {
  const pages = await loadPages(path.join(import.meta.dirname, 'pages'));
  const server = createServer((request, response) => {
    const wanted = (request.url ?? '/').split(/[?#]/, 1)[0] ?? '/';
    const page = pages.get(wanted);
    if (page === undefined) {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
      response.end('There is no such page in Quillport.\n');
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' });
      response.end();
    } else {
      response.writeHead(200, { 'content-type': page.contentType, 'content-length': page.body.length });
      response.end(request.method === 'HEAD' ? undefined : page.body);
    }
  });
  const host = '127.0.0.1';
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const close = () =>
    new Promise<void>((resolve, reject) => {
      server.close((error) => (error === undefined ? resolve() : reject(error)));
      server.closeAllConnections();
    });
  return { host, port, close, [Symbol.asyncDispose]: close };
}

async function loadPages(folder: string): Promise<ReadonlyMap<string, StoredPage>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const pages = new Map<string, StoredPage>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const contentType = contentTypes[path.extname(file)];
    if (contentType === undefined) continue;
    const page = { body: await readFile(file), contentType };
    const address = `/${path.relative(folder, file).split(path.sep).join('/')}`;
    pages.set(address, page);
    if (entry.name === 'index.html') pages.set(address.slice(0, -'index.html'.length), page);
  }
  return pages;
}
