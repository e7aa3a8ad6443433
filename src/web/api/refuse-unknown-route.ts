import type { FastifyReply, FastifyRequest } from 'fastify';
import { HotspotsError } from '../../errors.ts';
import '../route-config.ts';

/**
 * Refuses a request for which the API has no route.
 *
 * @throws HotspotsError METHOD_NOT_ALLOWED, with the header Allow, when there is one for another method
 */
export function refuseUnknownRoute({ method, url, server }: FastifyRequest, reply: FastifyReply): never {
  const [pathname = ''] = url.split('?');
  const allowed = server.routeAccess
    .filter((route) => new URLPattern({ pathname: route.url }).test({ pathname }))
    .map((route) => route.method);
  const address = JSON.stringify(pathname.slice(0, 200));
  if (allowed.length === 0 || allowed.includes(method)) {
    throw new HotspotsError('RECORD_UNKNOWN', `The API has nothing at ${address}. See: /api/v1/docs`);
  }
  const allow = allowed.sort().join(', ');
  reply.header('allow', allow);
  throw new HotspotsError(
    'METHOD_NOT_ALLOWED',
    `${address} cannot be asked with ${method}, but with: ${allow}.`,
  );
}
