import type { FastifyInstance, InjectOptions } from 'fastify';
import type { Sequelize } from 'sequelize';
import type { TokenScope } from '../../../src/accounts/api-tokens.ts';
import { createApiToken } from '../../../src/accounts/api-tokens.ts';
import type { Role } from '../../../src/records/user.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Record<string, unknown>;
}

/** A program that uses the API with a token. */
export class ApiClient {
  readonly #app: FastifyInstance;
  readonly #token: string | null;

  constructor(app: FastifyInstance, token: string | null) {
    this.#app = app;
    this.#token = token;
  }

  /** One whose user has this role. */
  static async as(
    app: FastifyInstance,
    sequelize: Sequelize,
    role: Role,
    scopes: readonly TokenScope[] = ['read', 'write', 'review'],
  ): Promise<ApiClient> {
    const email = `${role}@example.org`;
    const { secret } = await createApiToken(sequelize, { email, name: 'test', scopes, days: 1 });
    return new ApiClient(app, secret);
  }

  async send(
    method: NonNullable<InjectOptions['method']>,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiAnswer> {
    const answer = await this.#app.inject({
      method,
      url: `/api/v1${path}`,
      ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: {
        ...(this.#token !== null && { authorization: `Bearer ${this.#token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
    });
    const isJson = answer.body !== '' && /json/.test(String(answer.headers['content-type'] ?? ''));
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: isJson ? answer.json() : { text: answer.body },
    };
  }

  get(path: string, headers: Record<string, string> = {}): Promise<ApiAnswer> {
    return this.send('GET', path, undefined, headers);
  }
}
