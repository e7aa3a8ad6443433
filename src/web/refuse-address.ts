import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from './api/send-problem.ts';

/** Answers a request whose address is none: "%" with nothing behind it. There is no route yet, and no hook has run. */
export function refuseAddress(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({
    ...{ 'x-correlation-id': request.id, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' },
  });
  if (request.url.startsWith('/api/')) sendProblem(error, request, reply);
  else
    reply
      .code(error.statusCode ?? 400)
      .type('text/plain; charset=utf-8')
      .send('There is no such page.');
}
