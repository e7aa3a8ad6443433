import { HotspotsError, isMissingPackage } from '../../../errors.ts';
import { usageError } from '../../arguments.ts';
import { type Command, exitCodes } from '../../command.ts';
import { terminalWidth, writeOutput } from '../../terminal.ts';
import { showFoundWrites } from '../audit-output.ts';

const name = 'audit find-writes';

/** `hotspots audit find-writes`: the writes in existing code that nobody would answer for. */
export const findWritesCommand: Command = {
  usage: 'PATH [--no-triggers] [--json]',
  options: {
    'no-triggers': {
      type: 'boolean',
      help: 'the tables get no audit triggers: list also what only those would record',
    },
    json: { type: 'boolean', help: 'one JSON object on stdout' },
  },
  positionals: 1,
  examples: [['npm run --silent hotspots -- audit find-writes ../shop/src --json', 'The same for a program']],
  run: async (given) => {
    const [folder] = given.positionals;
    if (folder === undefined) throw usageError(name, 'A file or folder to read is missing.');
    const found = await (await loadFinder()).findWrites([folder], { triggers: !given.flag('no-triggers') });
    if (found.files === 0 && found.problems.length === 0) {
      throw usageError(name, `There is no TypeScript or JavaScript file in ${JSON.stringify(folder)}.`);
    }
    await writeOutput(given.flag('json') ? JSON.stringify(found) : showFoundWrites(found, terminalWidth()));
    // What could not be read may write as well: only a complete answer is a clean one.
    return found.writes.length + found.problems.length === 0 ? exitCodes.done : exitCodes.incomplete;
  },
};

/** @throws HotspotsError PACKAGE_MISSING where optional packages were left out of the installation */
async function loadFinder() {
  try {
    return await import('../../../audit/tools/find-writes/index.ts');
  } catch (error) {
    if (!isMissingPackage(error)) throw error;
    throw new HotspotsError(
      'PACKAGE_MISSING',
      `${name} needs the packages @babel/parser and @babel/traverse, which are not installed. ` +
        'Install the optional packages too: npm ci --include=optional',
      { cause: error },
    );
  }
}
