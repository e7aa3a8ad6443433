/** A pattern for LIKE that finds a text anywhere, whatever signs it has. */
export function likePattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
}
