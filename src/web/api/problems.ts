import { StalePlanError } from '../../audit/undo/index.ts';
import { databaseErrorCode } from '../../database/retry-transaction.ts';
import { type ErrorCode, HotspotsError, httpStatus } from '../../errors.ts';
import { log } from '../../log.ts';
import '../access.ts';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ForeignKeyConstraintError, UniqueConstraintError, Utils, ValidationError } from 'sequelize';
import type { z } from 'zod';

/** One thing that is wrong with a request: where (RFC 6901, or the name of a word in the address), what, and a code. */
export interface InputProblem {
  readonly pointer: string;
  readonly message: string;
  readonly code: string;
}

/** A request whose fields are not what they must be. */
export class InputError extends HotspotsError {
  readonly problems: readonly InputProblem[];

  constructor(problems: readonly InputProblem[]) {
    super('INPUT_INVALID', problems.map(({ pointer, message }) => `${pointer}: ${message}`).join('\n'));
    this.problems = problems;
  }
}

/**
 * What was sent, as the schema says it.
 *
 * @param where of a body the pointers are its own; words of the address have none
 * @throws InputError
 */
export function readInput<Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
  where: 'body' | 'query',
): z.output<Schema> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new InputError(
    result.error.issues.flatMap((issue): InputProblem[] => {
      const pointer = pointerTo(issue.path, where);
      if (issue.code !== 'unrecognized_keys') return [{ pointer, message: issue.message, code: issue.code }];
      return issue.keys.map((key) => ({
        pointer: pointerTo([...issue.path, key], where),
        message: 'There is no such field.',
        code: issue.code,
      }));
    }),
  );
}

function pointerTo(path: readonly PropertyKey[], where: 'body' | 'query'): string {
  const parts = path.map((part) => String(part).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1'));
  return where === 'query' ? parts.join('.') : parts.map((part) => `/${part}`).join('');
}

interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  /** Which fields it is about, if the database says so. */
  readonly errors?: readonly InputProblem[];
}

/** What it means for who sent a request that the database did not take its values; null for other errors. */
export function refusalOfDatabase(error: Error, method: string): Refusal | null {
  if (error instanceof ForeignKeyConstraintError) {
    return method === 'DELETE'
      ? {
          code: 'RECORD_REFERENCED',
          detail: 'Other records point to this one. Delete them first, or merge them.',
        }
      : {
          code: 'REFERENCE_UNKNOWN',
          detail: 'A field points to a record that does not exist.',
          ...fields(error.parent, 'There is no record of that number.'),
        };
  }
  if (error instanceof UniqueConstraintError) {
    return {
      code: 'RECORD_EXISTS',
      detail: 'There is a record with the same values already.',
      ...fields(error.parent, 'These values together must be new.'),
    };
  }
  // A deadlock, or a conflict of transactions, that further attempts did not get past.
  if (/^40/.test(databaseErrorCode(error) ?? '')) {
    return {
      code: 'AUDIT_CONCURRENT_WRITE',
      detail: 'Others were writing the same records. Nothing was changed. Send the request again.',
    };
  }
  // Classes 22 and 23 of SQLSTATE: a value that its column cannot hold, or that breaks a rule of the table.
  if (error instanceof ValidationError || /^2[23]/.test(databaseErrorCode(error) ?? '')) {
    return { code: 'INPUT_INVALID', detail: `The values were refused: ${error.message.slice(0, 500)}` };
  }
  return null;
}

/** Sequelize does not say which columns a foreign key is of: PostgreSQL's own detail does, `Key (place_id)=(7) …`. */
function fields(error: Error, message: string): { errors?: InputProblem[] } {
  const detail = 'detail' in error && typeof error.detail === 'string' ? error.detail : '';
  const [, columns] = /^Key \(([\w, ]+)\)=/.exec(detail) ?? [];
  if (columns === undefined) return {};
  const names = columns.split(', ').map((column) => Utils.camelize(column));
  return { errors: names.map((name) => ({ pointer: `/${name}`, message, code: 'custom' })) };
}

/**
 * Refuses a request for which the API has no route.
 *
 * @throws HotspotsError METHOD_NOT_ALLOWED, with the header Allow, when there is one for another method
 */
export function refuseUnknownRoute({ method, url, server }: FastifyRequest, reply: FastifyReply): never {
  const [pathname = ''] = url.split('?');
  const allowed = server.routeAccess
    .filter((route) => new URLPattern({ pathname: route.url }).test({ pathname }))
    .map((route) => route.method);
  const address = JSON.stringify(pathname.slice(0, 200));
  if (allowed.length === 0 || allowed.includes(method)) {
    throw new HotspotsError('RECORD_UNKNOWN', `The API has nothing at ${address}. See: /api/v1/docs`);
  }
  const allow = allowed.sort().join(', ');
  reply.header('allow', allow);
  throw new HotspotsError(
    'METHOD_NOT_ALLOWED',
    `${address} cannot be asked with ${method}, but with: ${allow}.`,
  );
}

/** Problem details of HTTP APIs (RFC 9457). */
interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly [extension: string]: unknown;
}

/** Answers an error as problem details. Faults of the program go to the log with a number to find them by. */
export async function sendProblem(
  error: FastifyError | HotspotsError,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const problem = problemOf(error, request);
  if (problem.status >= 500)
    log.error('A request failed', { reference: request.id, url: request.url, error, stack: error.stack });
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="hotspots"');
  return reply.code(problem.status).type('application/problem+json').send(problem);
}

function problemOf(error: FastifyError | HotspotsError, request: FastifyRequest): Problem {
  if (error instanceof InputError) {
    const detail = 'The request has invalid fields; errors names each.';
    return { ...problem(error.code, statusOf(error.code, request), detail), errors: error.problems };
  }
  if (error instanceof HotspotsError) {
    const status = statusOf(error.code, request);
    if (status >= 500) return fault(request);
    const extensions = error instanceof StalePlanError ? { newPlanId: error.newPlan.id } : {};
    return { ...problem(error.code, status, error.message), ...extensions };
  }
  const refused = refusalOfDatabase(error, request.method);
  if (refused !== null) {
    const { code, detail, ...extensions } = refused;
    return { ...problem(code, statusOf(code, request), detail), ...extensions };
  }
  const status = error.statusCode ?? 500;
  return status >= 500 ? fault(request) : problem(error.code ?? 'HTTP', status, error.message);
}

/** What is wrong with a question is wrong with its address: the request itself. */
function statusOf(code: ErrorCode, { method }: FastifyRequest): number {
  const isQuestion = method === 'GET' || method === 'HEAD';
  return code === 'INPUT_INVALID' && isQuestion ? 400 : httpStatus(code);
}

function fault({ id }: FastifyRequest): Problem {
  return problem(
    'FAULT',
    500,
    `This is our fault; no partial change was saved. Look it up in the server log by ${id}.`,
  );
}

function problem(code: ErrorCode | string, status: number, detail: string): Problem {
  return {
    type: `urn:hotspots:problem:${code.toLowerCase()}`,
    title: titles[status] ?? 'The request failed',
    status,
    detail,
    code,
  };
}

const titles: Readonly<Record<number, string>> = {
  400: 'Invalid request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  410: 'Gone',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Invalid fields',
  429: 'Too many requests',
  500: 'Server error',
};

/** Answers a request whose address is none: "%" with nothing behind it. There is no route yet, and no hook has run. */
export function refuseAddress(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({
    'x-correlation-id': request.id,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  });
  if (request.url.startsWith('/api/')) sendProblem(error, request, reply);
  else
    reply
      .code(error.statusCode ?? 400)
      .type('text/plain; charset=utf-8')
      .send('There is no such page.');
}
