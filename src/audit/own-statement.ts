/**
 * Query options of a statement of the audit layer itself, such as the insert of entries. It touches no
 * registered table, so the triggers need not be told whose it is.
 */
export const ownStatement = { auditOwnStatement: true } as const;

export function isOwnStatement(options: object): boolean {
  return 'auditOwnStatement' in options;
}
