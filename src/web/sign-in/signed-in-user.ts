import type { FastifyRequest } from 'fastify';
import { HotspotsError } from '../../errors.ts';
import type { User } from '../../records/user.ts';
import '../route-config.ts';

/**
 * Who is signed in. Routes that are not public have somebody.
 *
 * @throws HotspotsError FORBIDDEN on a public route that nobody is signed in to
 */
export function signedInUser(request: FastifyRequest): User {
  if (request.user !== null) return request.user;
  throw new HotspotsError('FORBIDDEN', 'Nobody is signed in. Sign in first.');
}
