/** How a registered table is recorded: what hooks see, and what triggers add to it. */
export const auditModes = ['without triggers', 'with triggers'] as const;

export type AuditMode = (typeof auditModes)[number];
