import type { z } from 'zod';
import { HotspotsError } from '../../errors.ts';

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
