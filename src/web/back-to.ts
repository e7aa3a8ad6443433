import type { FastifyReply, FastifyRequest } from 'fastify';
import { formFields } from './form-fields.ts';
import { sameSitePath } from './same-site-path.ts';

/**
 * Leads back after a form was taken: to the page that the field `back` names, else to the fallback.
 *
 * @param notice what the next page says at its top
 */
export function backTo(
  request: FastifyRequest,
  reply: FastifyReply,
  fallback: string,
  notice?: string,
): FastifyReply {
  if (notice !== undefined) request.session.notice = notice;
  return reply.redirect(sameSitePath(formFields(request).get('back'), fallback), 303);
}
