import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { HotspotsError, httpStatus } from '../errors.ts';
import { log } from '../log.ts';
import { html } from './html.ts';
import { sendPage } from './page.ts';

/** Answers with a page that says what went wrong. Faults of the program go to the log with a number to find them by. */
export async function sendErrorPage(
  error: FastifyError | HotspotsError,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const status = error instanceof HotspotsError ? httpStatus(error.code) : (error.statusCode ?? 500);
  if (status >= 500) {
    log.error('A request failed', {
      reference: request.id,
      url: request.url,
      error,
      // Those of the database have no message in their stack.
      stack: error.stack,
    });
    const body = html`<h1>Something went wrong</h1>
      <p>This is our fault; no partial change was saved. Look it up in the server log by <code>${request.id}</code>.</p>`;
    return await sendPage(request, reply, { title: 'Something went wrong', body, status });
  }
  const body = html`<h1>${titles[status] ?? 'That cannot be done'}</h1>
    <p>${explain(error)}</p>
    <p><a href="/review">To the runs</a></p>`;
  return await sendPage(request, reply, { title: titles[status] ?? 'That cannot be done', body, status });
}

const titles: Readonly<Record<number, string>> = {
  403: 'You may not do that',
  404: 'Page not found',
  429: 'Too many requests',
};

function explain(error: FastifyError | HotspotsError): string {
  if (error instanceof HotspotsError) return error.message;
  if (error.code?.startsWith('FST_CSRF') === true)
    return 'The form has expired or came from another site, so nothing was done. Go back, reload the page and try again.';
  return error.message;
}
