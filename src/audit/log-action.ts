/** The kinds of log entry, by the number that `log_entries.action` holds. */
export const logActions = ['create', 'update', 'delete', 'access'] as const;

export type LogAction = (typeof logActions)[number];
