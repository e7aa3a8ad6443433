import { HotspotsError } from '../../../errors.ts';
import { usageError } from './parse-arguments.ts';

/** Adds the way to a command's help to what `read` says of wrong usage. */
export function asUsage<Result>(command: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    throw error instanceof HotspotsError && error.code === 'USAGE'
      ? usageError(command, error.message)
      : error;
  }
}
