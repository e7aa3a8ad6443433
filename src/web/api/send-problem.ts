import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { StalePlanError } from '../../audit/undo/index.ts';
import { type ErrorCode, HotspotsError, httpStatus } from '../../errors.ts';
import { log } from '../../log.ts';
import { InputError } from './input-error.ts';
import { refusalOfDatabase } from './refusal-of-database.ts';

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
    const detail = 'Fields of the request are not what they must be; each is named.';
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
