import { LogEntry } from '../../src/audit/log-entry.ts';

/** The entries of one record, or of all, oldest first, in the form that tests compare. */
export async function logOf(model?: string, objectId?: string) {
  const entries = await LogEntry.findAll({
    where: { ...(model && { model }), ...(objectId && { objectId }) },
    order: [['id', 'ASC']],
  });
  return entries.map(({ action, actorEmail, changes, objectLabel, runId, sourceUrl }) => ({
    action: ['create', 'update', 'delete', 'access'][action],
    actorEmail,
    changes,
    objectLabel,
    runId,
    sourceUrl,
  }));
}
