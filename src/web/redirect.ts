import type { FastifyReply, FastifyRequest } from 'fastify';
import { formFields } from './html.ts';

const anywhere = 'http://same.invalid';

/** A path on this site; the fallback for everything that would lead elsewhere or is none. */
export function sameSitePath(given: unknown, fallback: string): string {
  if (typeof given !== 'string' || !/^\/(?![/\\])[\x21-\x7e]*$/.test(given) || given.includes('\\'))
    return fallback;
  if (!URL.canParse(given, anywhere)) return fallback;
  const url = new URL(given, anywhere);
  // What the URL parser makes of it is what browsers do.
  return url.origin === anywhere && !url.pathname.startsWith('//')
    ? `${url.pathname}${url.search}${url.hash}`
    : fallback;
}

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
