/**
 * The SQLSTATE (PostgreSQL, appendix A) or the operating system's code behind an error: pg puts it on the
 * error, Sequelize wraps that as `parent`, other wrappers name their `cause`. Undefined when there is none.
 */
export function databaseErrorCode(error: unknown): string | undefined {
  let current = error;
  // Bounded, because a chain of causes may be a circle.
  for (let depth = 0; depth < 10 && current instanceof Error; depth++) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    current = 'parent' in current ? current.parent : current.cause;
  }
  return undefined;
}
