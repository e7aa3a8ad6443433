import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ForeignKeyConstraintError, UniqueConstraintError, ValidationError } from 'sequelize';
import { StalePlanError } from '../../audit/undo/stale-plan-error.ts';
import { databaseErrorCode } from '../../database/database-error-code.ts';
import { type ErrorCode, HotspotsError } from '../../errors.ts';
import { log } from '../../log.ts';
import { errorStatus } from '../error-status.ts';
import { InputError } from './input-error.ts';

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
    const status = request.method === 'GET' ? 400 : 422;
    const detail = 'Fields of the request are not what they must be; each is named.';
    return { ...problem('INPUT_INVALID', status, detail), errors: error.problems };
  }
  if (error instanceof HotspotsError) {
    const status = errorStatus(error.code);
    if (status >= 500) return fault(request);
    const extensions = error instanceof StalePlanError ? { newPlanId: error.newPlan.id } : {};
    return { ...problem(error.code, status, error.message), ...extensions };
  }
  const refused = refusal(error, request);
  if (refused !== null) return refused;
  const status = error.statusCode ?? 500;
  return status >= 500 ? fault(request) : problem(error.code ?? 'HTTP', status, error.message);
}

/** What the database did not take. */
function refusal(error: Error, { method }: FastifyRequest): Problem | null {
  if (error instanceof ForeignKeyConstraintError) {
    return method === 'DELETE'
      ? problem(
          'RECORD_REFERENCED',
          409,
          'Other records point to this one. Delete them first, or merge them.',
        )
      : problem(
          'REFERENCE_UNKNOWN',
          422,
          `${error.fields ? Object.values(error.fields).join(', ') : 'A field'} points to a record that does not exist.`,
        );
  }
  if (error instanceof UniqueConstraintError) {
    const fields = Object.keys(error.fields).join(', ');
    return problem('RECORD_EXISTS', 409, `There is a record with the same ${fields} already.`);
  }
  // Classes 22 and 23 of SQLSTATE: a value that its column cannot hold, or that breaks a rule of the table.
  if (error instanceof ValidationError || /^2[23]/.test(databaseErrorCode(error) ?? ''))
    return problem('INPUT_INVALID', 422, `The values were refused: ${error.message.slice(0, 500)}`);
  return null;
}

function fault({ id }: FastifyRequest): Problem {
  return problem(
    'FAULT',
    500,
    `It was not your doing, and nothing is half done. The log knows it by the number ${id}.`,
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
  400: 'The request is not valid',
  401: 'Nobody is signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'In conflict with what there is',
  410: 'Gone',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Unsupported media type',
  422: 'Fields are not valid',
  429: 'Too many requests',
  500: 'A fault of the server',
};
