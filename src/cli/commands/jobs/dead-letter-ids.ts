import type { ParsedArguments } from '../arguments/parse-arguments.ts';
import { usageError } from '../arguments/parse-arguments.ts';

/** The ids that a command is given; undefined for `--all`. @throws HotspotsError USAGE when neither or both are given */
export function deadLetterIds(command: string, given: ParsedArguments): readonly string[] | undefined {
  const ids = given.positionals;
  const wrong = ids.find((id) => !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id));
  if (wrong !== undefined) {
    throw usageError(
      command,
      `${JSON.stringify(wrong)} is no id of a job; those there are: npm run hotspots -- jobs.`,
    );
  }
  if (ids.length > 0 === given.flag('all'))
    throw usageError(command, 'Name the jobs by their ids, or say --all.');
  return given.flag('all') ? undefined : ids;
}
