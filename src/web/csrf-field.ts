import type { FastifyReply } from 'fastify';
import { type Html, html } from './html.ts';

/** The hidden field without which no form is taken. */
export function csrfField(reply: FastifyReply): Html {
  return html`<input type="hidden" name="_csrf" value="${reply.generateCsrf()}" />`;
}
