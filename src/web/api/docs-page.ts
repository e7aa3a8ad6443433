import type { FastifyPluginAsync } from 'fastify';
import { config } from '../../config.ts';
import { HotspotsError } from '../../errors.ts';
import { sendErrorPage } from '../error-page.ts';
import { type Html, html } from '../html.ts';
import { sendPage } from '../page.ts';
import { queryOf, withQuery } from '../query-of.ts';
import { curlLine } from './curl-line.ts';
import { type DocumentedOperation, documentedOperations } from './documented-operations.ts';

/** /docs: what the API can do, to try it. A page, though it is below the API: it reads the API's document. */
export const docsPage: FastifyPluginAsync = async (app) => {
  app.setErrorHandler(sendErrorPage);
  const operations = () => documentedOperations(app.swagger());

  app.get('/docs', { config: { api: true, access: 'public' }, schema: { hide: true } }, (request, reply) => {
    const byTag = Object.entries(Object.groupBy(operations(), ({ tag }) => tag));
    return sendPage(request, reply, {
      title: 'API',
      body: html`<h1>API</h1>
        <p class="lead">Any program can read places and events. With a token it can read the rest, and write; whoever the
          token belongs to is the author of all that it writes.</p>
        <p>The same for programs: <a href="${app.prefix}/openapi.json">openapi.json</a> (OpenAPI 3.1). A token is made by
          <code>hotspots token create</code>, and sent as <code>Authorization: Bearer hs_…</code>. Whoever is signed in
          opens things here as themselves.</p>
        <nav aria-label="Parts of the API"><ul class="chips">
          ${byTag.map(([tag]) => html`<li><a href="#${tag}">${tag}</a></li>`)}
        </ul></nav>
        ${byTag.map(
          ([tag, ofTag = []]) => html`<section aria-labelledby="${tag}">
            <h2 id="${tag}">${tag}</h2>
            ${ofTag.map((operation) => describe(app.prefix, operation))}
          </section>`,
        )}`,
    });
  });

  // A form can neither put a field into a path nor leave out what is empty.
  app.get<{ Params: { operationId: string } }>(
    '/docs/:operationId',
    { config: { api: true, access: 'public' }, schema: { hide: true } },
    (request, reply) => {
      const { operationId } = request.params;
      const operation = operations().find(({ id, method }) => id === operationId && method === 'GET');
      if (operation === undefined)
        throw new HotspotsError('RECORD_UNKNOWN', 'The API has nothing of that name to read.');
      const fields = new URLSearchParams([...queryOf(request)].filter(([, value]) => value !== ''));
      const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => {
        const value = fields.get(name) ?? '';
        fields.delete(name);
        return encodeURIComponent(value);
      });
      return reply.redirect(withQuery(`${app.prefix}${path}`, fields), 303);
    },
  );
};

function describe(prefix: string, operation: DocumentedOperation): Html {
  const { id, method, path, summary, description } = operation;
  return html`<details id="${id}">
    <summary><code>${method} ${prefix}${path}</code> ${summary}</summary>
    ${description === '' ? '' : html`<p>${description}</p>`}
    ${method === 'GET' ? tryForm(prefix, operation) : html`<pre tabindex="0">${curlLine(`${config.publicUrl}${prefix}`, operation)}</pre>`}
  </details>`;
}

function tryForm(prefix: string, { id, summary, parameters }: DocumentedOperation): Html {
  const fields = parameters.filter((parameter) => parameter.in !== 'header');
  const described = fields.filter(({ description }) => description !== '');
  return html`<form class="filters" method="get" action="${prefix}/docs/${id}" aria-label="${summary}">
      ${fields.map(field)}
      <button>Open</button>
    </form>
    ${described.length === 0 ? '' : html`<dl class="facts">${described.map(explain)}</dl>`}`;
}

type Field = DocumentedOperation['parameters'][number];

function field({ name, required, schema }: Field): Html {
  return html`<label>${name}
    ${
      schema.enum === undefined
        ? html`<input name="${name}" ${required ? html`required` : ''} />`
        : html`<select name="${name}"><option value="">any</option>${schema.enum.map((choice) => html`<option>${choice}</option>`)}</select>`
    }</label>`;
}

function explain({ name, description }: Field): Html {
  return html`<dt><code>${name}</code></dt><dd>${description}</dd>`;
}
