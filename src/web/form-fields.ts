import type { FastifyRequest } from 'fastify';

/** The fields of a form that was sent; a field may have several values. */
export function formFields({ body }: FastifyRequest): URLSearchParams {
  return body instanceof URLSearchParams ? body : new URLSearchParams();
}
