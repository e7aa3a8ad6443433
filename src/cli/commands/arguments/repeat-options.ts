import type { ParsedArguments } from './parse-arguments.ts';

/** Options to give again, for the command that shows the next page: quoted for a shell, with a space in front of each. */
export function repeatOptions(given: ParsedArguments, names: readonly string[]): string {
  return names
    .flatMap((name) => [
      ...(given.flag(name) ? [` --${name}`] : []),
      ...given.texts(name).map((text) => ` --${name}=${quoted(text)}`),
    ])
    .join('');
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
