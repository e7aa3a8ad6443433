import { ApiDocument, type Operation } from './api-document.ts';
import { checkAnswer } from './check-answer.ts';
import { exampleOf } from './example-of.ts';
import { child, type JsonSchema } from './json-schema.ts';

interface Call {
  readonly id?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Of the body; the first that the document has when left out. */
  readonly mediaType?: string;
}

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonSchema;
}

/** A program that knows of a server only what its document says, and believes every word of it. */
export class DocumentClient {
  readonly document: ApiDocument;
  readonly #token: string;

  private constructor(document: ApiDocument, token: string) {
    this.document = document;
    this.#token = token;
  }

  /** @param address where the document is */
  static async read(address: URL, token: string): Promise<DocumentClient> {
    return new DocumentClient(new ApiDocument(await (await fetch(address)).json(), address), token);
  }

  /** Does an operation. Fails when it takes no such input, or when the answer is not as the document has it. */
  async call(
    operationId: string,
    { id = '', query = {}, headers = {}, body, mediaType }: Call = {},
  ): Promise<Answered> {
    const operation = this.operation(operationId);
    const types = Object.keys(operation.requestBody?.content ?? {});
    const type = mediaType ?? types[0];
    const known = [...operation.parameters.map(({ name }) => name), ...types];
    const given = [
      ...Object.keys(query),
      ...Object.keys(headers),
      ...(mediaType === undefined ? [] : [mediaType]),
    ];
    const foreign = given.filter((name) => !known.includes(name));
    if (foreign.length > 0) throw new Error(`${operationId} takes no ${foreign.join(', ')}.`);
    const path = operation.path.replace('{id}', encodeURIComponent(id));
    const answer = await fetch(`${this.document.server}${path}?${new URLSearchParams({ ...query })}`, {
      method: operation.method,
      headers: {
        ...headers,
        ...(operation.security.some((way) => 'token' in way) && { authorization: `Bearer ${this.#token}` }),
        ...(type !== undefined && { 'content-type': type }),
      },
      ...(type !== undefined && { body: JSON.stringify(body ?? (await this.body(operationId, 'required'))) }),
    });
    const raw = {
      status: answer.status,
      mediaType: answer.headers.get('content-type'),
      text: await answer.text(),
    };
    return {
      status: answer.status,
      headers: answer.headers,
      body: checkAnswer(this.document, operation, raw),
    };
  }

  operation(id: string): Operation {
    const found = this.document.operations.find(({ operationId }) => operationId === id);
    if (found !== undefined) return found;
    throw new Error(`The document has no operation ${id}.`);
  }

  /** A body of all that the document describes, or of what it says is required. */
  async body(operationId: string, which: 'all' | 'required'): Promise<Record<string, unknown>> {
    const [content] = Object.values(this.operation(operationId).requestBody?.content ?? {});
    const schema = this.document.resolve(content?.schema ?? {});
    const required: unknown[] = Array.isArray(schema.required) ? schema.required : [];
    const properties = child(schema, 'properties');
    const body: Record<string, unknown> = {};
    for (const name of Object.keys(properties)) {
      if (which === 'required' && !required.includes(name)) continue;
      body[name] = await exampleOf(this.document, child(properties, name), (path) => this.#make(path));
    }
    return body;
  }

  /** Makes a record for another one to point to. */
  async #make(path: string): Promise<string> {
    return String((await this.call(`create-${path}`)).body.id);
  }
}
