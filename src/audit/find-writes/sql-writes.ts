/** Comments and texts: words in them mean nothing. */
const inert = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|\$(\w*)\$[\s\S]*?\$\1\$/g;

const name = String.raw`(?:only\s+)?((?:"[^"]+"|\[[^\]]+\]|[\w$?]+|\x60[^\x60]+\x60)(?:\.(?:"[^"]+"|[\w$?]+))*)`;
const writing = new RegExp(
  String.raw`\b(?:insert\s+into|delete\s+from|merge\s+into|truncate(?:\s+table)?|update|copy)\s+${name}(?:\s+(?:as\s+)?(?!set\b|from\b)\w+)?(\s+set\b|\s+from\b)?`,
  'gi',
);

/**
 * Whether a statement writes rows, also inside WITH and after other statements, and the table as it is named
 * there. Null for statements that only read; SELECT … FOR UPDATE is one of them.
 */
export function sqlWrites(sql: string): { verb: string; table: string } | null {
  for (const match of sql.replace(inert, ' ').matchAll(writing)) {
    const [text, table, follows] = match;
    const verb = text.trimStart().split(/\s/, 1)[0]?.toUpperCase() ?? '';
    if (verb === 'UPDATE' && follows?.trim().toLowerCase() !== 'set') continue;
    if (verb === 'COPY' && follows?.trim().toLowerCase() !== 'from') continue;
    return { verb, table: (table ?? '').replaceAll(/["`[\]]/g, '') };
  }
  return null;
}
