import { access, constants } from 'node:fs/promises';
import path from 'node:path';
import { settingNames } from '../../../config.ts';
import { usageError } from '../arguments/parse-arguments.ts';

/**
 * The file from which cron is to take the settings, as an absolute path; undefined when none is named and none needed.
 *
 * @throws HotspotsError USAGE when it cannot be read; also when none is named although this shell has settings: cron
 *   would not know them, and use another database
 */
export async function settingsFile(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) {
    // Who sits at this shell does not matter to what is scheduled.
    const names = settingNames(process.env).filter((name) => name !== 'HOTSPOTS_USER');
    if (names.length === 0) return undefined;
    throw usageError(
      'schedule',
      `Cron does not know what is set in this shell: ${names.join(', ')}. ` +
        'Write it to a file that only you can read, as NAME=value, and name it with --settings=FILE.',
    );
  }
  try {
    await access(file, constants.R_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    throw usageError('schedule', `The file ${JSON.stringify(file)} of --settings cannot be read (${code}).`);
  }
  return path.resolve(file);
}
