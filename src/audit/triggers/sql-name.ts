/** A name, or a qualified name by its parts, as SQL takes it. */
export function sqlName(...parts: readonly string[]): string {
  return parts.map((part) => `"${part.replaceAll('"', '""')}"`).join('.');
}
