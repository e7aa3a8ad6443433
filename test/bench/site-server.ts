import { createServer } from 'node:http';
import { eventPageHtml } from './event-page-html.ts';

/** Serves event pages at /events/N on a free port of 127.0.0.1, and says the port on stdout. */
const server = createServer((request, response) => {
  const n = /^\/events\/(\d+)$/.exec(request.url ?? '')?.[1];
  if (n === undefined) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(eventPageHtml(Number(n)));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.stdout.write(`${address.port}\n`);
});
