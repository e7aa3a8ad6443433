import type { FastifyPluginAsync } from 'fastify';
import { z } from 'zod';
import { config } from '../../config.ts';
import { HotspotsError } from '../../errors.ts';
import { sendErrorPage } from '../errors.ts';
import { queryOf, withQuery } from '../filter-form.ts';
import { type Html, html } from '../html.ts';
import { sendPage } from '../page.ts';

const schemaSchema = z.looseObject({
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  examples: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  items: z.unknown().optional(),
});

/**
 * A value for a JSON schema, to show people: the first example or choice, else one that its type allows. Of an object
 * what is required, or its first field when nothing is.
 */
export function exampleOf(schema: unknown): unknown {
  const { type, enum: choices, examples, properties = {}, required, items } = schemaSchema.parse(schema);
  const [example] = examples ?? choices ?? [];
  if (example !== undefined) return example;
  const values: Readonly<Record<string, () => unknown>> = {
    object: () => {
      const names = required ?? Object.keys(properties).slice(0, 1);
      return Object.fromEntries(names.map((name) => [name, exampleOf(properties[name] ?? {})]));
    },
    array: () => [exampleOf(items ?? {})],
    boolean: () => true,
    integer: () => 1,
    number: () => 1,
  };
  return values[type ?? '']?.() ?? '…';
}

const parameter = z.object({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  description: z.string().default(''),
  schema: z.looseObject({ enum: z.array(z.string()).optional() }),
});

const operation = z.object({
  operationId: z.string(),
  tags: z.tuple([z.string()]),
  summary: z.string(),
  description: z.string().default(''),
  parameters: z.array(parameter).default([]),
  requestBody: z
    .object({ content: z.record(z.string(), z.object({ schema: z.looseObject({}) })) })
    .optional(),
});

const documentSchema = z.object({ paths: z.record(z.string(), z.record(z.string(), operation)) });

/** An operation of the API, as people are shown it. */
export interface DocumentedOperation {
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /** GET, POST and so on. */
  readonly method: string;
  /** Below the address of the API: "/places/{id}". */
  readonly path: string;
  readonly parameters: readonly z.infer<typeof parameter>[];
  /** What could be sent; null when nothing is. */
  readonly example: unknown;
}

/** The operations of an OpenAPI document, in its order. */
export function documentedOperations(document: unknown): readonly DocumentedOperation[] {
  return Object.entries(documentSchema.parse(document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId, tags, requestBody, ...described }]) => {
      const [content] = Object.values(requestBody?.content ?? {});
      return {
        ...described,
        id: operationId,
        tag: tags[0],
        method: method.toUpperCase(),
        path,
        example: content === undefined ? null : exampleOf(content.schema),
      };
    }),
  );
}

/**
 * An operation as it is done in a shell.
 *
 * @param server the address that those of the operations are appended to
 */
export function curlLine(server: string, { method, path, example }: DocumentedOperation): string {
  const lines = [
    `curl -X ${method} ${quoted(server + path.replace('{id}', '12'))}`,
    "-H 'Authorization: Bearer hs_…'",
    ...(example === null
      ? []
      : ["-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(example))}`]),
  ];
  return lines.join(' \\\n  ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

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
