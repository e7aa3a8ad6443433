import type { DocumentedOperation } from './documented-operations.ts';

/**
 * An operation as it is done in a shell.
 *
 * @param server the address that those of the operations are appended to
 */
export function curlLine(server: string, { method, path, example }: DocumentedOperation): string {
  const lines = [
    `curl -X ${method} ${quoted(server + path.replace('{id}', '12'))}`,
    "-H 'Authorization: Bearer hs_…'",
    ...(example === null
      ? []
      : ["-H 'Content-Type: application/json'", `-d ${quoted(JSON.stringify(example))}`]),
  ];
  return lines.join(' \\\n  ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
