/** What webhooks are told of: a crawl ended; a run was flagged; changes of a run were undone. */
export const webhookEvents = ['run.finished', 'run.flagged', 'run.undone'] as const;
export type WebhookEvent = (typeof webhookEvents)[number];
