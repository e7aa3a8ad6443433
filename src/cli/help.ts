import type { Command } from './command.ts';

/** The help of the whole program. */
export function programHelp(commands: readonly Pick<Command, 'name' | 'summary' | 'examples'>[]): string {
  return [
    'hotspots reads places and events from the web, and keeps for every value who wrote it, when, from which page.',
    '',
    'Usage: npm run hotspots -- COMMAND [OPTIONS]',
    '',
    'Commands:',
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    '',
    'Examples:',
    ...columns(commands.flatMap(({ examples }) => examples.slice(0, 1))),
    '',
    'Every command takes --help, those that report take --json. Data goes to stdout, progress to stderr.',
    'Exit code: 0 done, 1 failed, 2 wrong usage, 3 done, but with something skipped or failed on the way.',
  ].join('\n');
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const options = Object.entries(command.options).map(([name, { value, help }]): [string, string] => [
    value === undefined ? `--${name}` : `--${name}=${value}`,
    help,
  ]);
  return [
    command.summary,
    '',
    `Usage: npm run hotspots -- ${command.name} ${command.usage}`.trimEnd(),
    '',
    'Options:',
    ...columns([...options, ['--help', 'this text']]),
    '',
    'Examples:',
    ...command.examples.flatMap(([line, effect]) => [`  ${line}`, `      ${effect}`]),
  ].join('\n');
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
