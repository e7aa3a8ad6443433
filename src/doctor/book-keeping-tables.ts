/** Tables of the program that are not audited: they say what the program did, not what is true. */
export const bookKeepingTables = [
  ...['log_entries', 'log_seals', 'log_prunes', 'schema_migrations'],
  ...[
    'runs',
    'crawl_requests',
    'source_records',
    'match_keys',
    'rejected_items',
    'source_pauses',
    'schedules',
  ],
  ...['verdicts', 'undo_plans', 'undo_steps', 'undone_entries', 'holds', 'suggestions', 'released_fields'],
  ...['sessions', 'server_secrets', 'sign_in_failures', 'api_tokens', 'idempotency_keys'],
  ...['webhooks', 'webhook_deliveries'],
] as const;
