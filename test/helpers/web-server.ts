import type { FastifyInstance } from 'fastify';
import { hashPassword } from '../../src/accounts/passwords.ts';
import { withUserActor } from '../../src/audit/actors.ts';
import type { Database } from '../../src/database/open-database.ts';
import { type Role, roles, User } from '../../src/records/user.ts';
import { buildServer, type ServerOptions } from '../../src/web/build-server.ts';

export const password = 'correct horse battery staple';

/** A visitor with cookies of its own, who sends requests to the server without a network. */
export class Visitor {
  /** Each visitor comes from an address of its own: limits by address are no matter of most tests. */
  readonly address: string;
  readonly #app: FastifyInstance;
  #cookie = '';

  constructor(app: FastifyInstance, address = nextAddress()) {
    this.#app = app;
    this.address = address;
  }

  get cookie(): string {
    return this.#cookie;
  }

  set cookie(value: string) {
    this.#cookie = value;
  }

  async get(url: string, headers: Record<string, string> = {}) {
    const answer = await this.#app.inject({
      url,
      remoteAddress: this.address,
      headers: { ...headers, cookie: this.#cookie },
    });
    this.#keep(answer.headers['set-cookie']);
    return answer;
  }

  /** Sends a form, with the CSRF token of a page. */
  async post(url: string, fields: [string, string][] | Record<string, string> = {}, tokenFrom = '/account') {
    return await this.postAs(url, await this.token(tokenFrom), fields);
  }

  /** Sends a form with this CSRF token, or with none. */
  async postAs(url: string, token: string | null, fields: [string, string][] | Record<string, string> = {}) {
    const body = new URLSearchParams(fields);
    if (token !== null) body.set('_csrf', token);
    const answer = await this.#app.inject({
      method: 'POST',
      url,
      remoteAddress: this.address,
      payload: body.toString(),
      headers: { cookie: this.#cookie, 'content-type': 'application/x-www-form-urlencoded' },
    });
    this.#keep(answer.headers['set-cookie']);
    return answer;
  }

  /** The CSRF token that a page gives this visitor. */
  async token(page = '/account'): Promise<string> {
    const { body } = await this.get(page);
    const token = /name="_csrf" value="([^"]+)"/.exec(body)?.[1];
    if (token === undefined) throw new Error(`The page ${page} has no form.`);
    return token;
  }

  async signIn(email: string, secret = password): Promise<this> {
    const answer = await this.post('/sign-in', { email, password: secret }, '/sign-in');
    if (answer.statusCode !== 303) throw new Error(`Signing in failed with status ${answer.statusCode}.`);
    return this;
  }

  #keep(header: string | string[] | undefined): void {
    for (const cookie of [header ?? []].flat()) this.#cookie = cookie.split(';')[0] ?? '';
  }
}

let addresses = 0;

function nextAddress(): string {
  addresses += 1;
  return `10.0.${Math.floor(addresses / 250)}.${(addresses % 250) + 1}`;
}

export interface TestWeb extends AsyncDisposable {
  readonly app: FastifyInstance;
  /** A user of each role; they all have the same password. */
  readonly users: Readonly<Record<Role, User>>;
  /** @param address where the visitor comes from; one of its own when left out */
  visitor(address?: string): Visitor;
  /** A visitor who is signed in. */
  as(role: Role): Promise<Visitor>;
}

interface TestWebOptions extends ServerOptions {
  /** Adds what a test needs besides the pages. */
  addRoutes?: (app: FastifyInstance) => void;
}

/** Made once for all users of a test file: a hash costs what a good one must cost. */
let hashed: Promise<string> | undefined;

/** The server on a test's database, with a user of each role. */
export async function startTestWeb(
  database: Database,
  { addRoutes, ...options }: TestWebOptions = {},
): Promise<TestWeb> {
  const app = await buildServer(database, options);
  addRoutes?.(app);
  await app.ready();
  hashed ??= hashPassword(password);
  const passwordHash = await hashed;
  const make = (role: Role) =>
    withUserActor({ id: null, email: 'setup@example.org' }, () =>
      User.create({ email: `${role}@example.org`, username: `${role}@example.org`, role, passwordHash }),
    );
  const [viewer, reviewer, editor, admin] = [
    await make('viewer'),
    await make('reviewer'),
    await make('editor'),
    await make('admin'),
  ];
  const visitor = (address?: string) => new Visitor(app, address);
  return {
    app,
    users: { viewer, reviewer, editor, admin },
    visitor,
    as: (role) => visitor().signIn(`${role}@example.org`),
    [Symbol.asyncDispose]: () => app.close(),
  };
}

/** From the one who may least to the one who may all. */
export const allRoles: readonly Role[] = roles;
