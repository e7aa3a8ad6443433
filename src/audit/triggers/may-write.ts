/** Statements about the transaction or the session, of which Sequelize sends several around each write. */
const aboutSession = /^\s*(?:start\s+transaction|begin|savepoint|release|rollback|set|show)\b[^;]*;?\s*$/i;
const isCommit = /^\s*commit\b[^;]*;?\s*$/i;

/**
 * How much a statement can write, decided cheaply and never too low:
 *
 * - `nothing`: it certainly writes no row: it is about the transaction or the session, or a SELECT without a
 *   parenthesis, which cannot call a function.
 * - `indirectly`: a SELECT may call a function that writes; a COMMIT may run deferred triggers that do.
 * - `anything`: everything else.
 */
export function mayWrite(sql: string): 'nothing' | 'indirectly' | 'anything' {
  if (/^\s*select\b/i.test(sql)) {
    // Sequelize ends its statements with one.
    const semicolon = sql.indexOf(';');
    if (semicolon !== -1 && semicolon !== sql.length - 1) return 'anything';
    return sql.includes('(') ? 'indirectly' : 'nothing';
  }
  if (sql.length > 200) return 'anything';
  if (isCommit.test(sql)) return 'indirectly';
  return aboutSession.test(sql) ? 'nothing' : 'anything';
}
