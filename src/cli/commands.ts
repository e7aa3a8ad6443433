import type { ListedCommand } from './command.ts';

/** Every command, in the order of the help. The only list of them: a new command is added here. */
export const commands: readonly ListedCommand[] = [
  {
    name: 'crawl',
    summary: 'Reads places or events from sites and writes them to the database',
    example: [
      'npm run crawl -- --spider=events',
      'Every source of the spider; the bundled sample town while there is none',
    ],
    load: async () => (await import('./commands/crawl.ts')).crawlCommand,
  },
  {
    name: 'review',
    summary: 'Shows what runs and people changed, and keeps what reviewers think of it',
    example: ['npm run review', 'Runs, flagged ones on top'],
    load: async () => (await import('./commands/review.ts')).review,
  },
  {
    name: 'undo',
    summary: 'Takes changes back: shows what it would do, and with --yes does it',
    example: ['npm run undo -- --run=412', 'What undoing run 412 would do; nothing is changed'],
    load: async () => (await import('./commands/undo.ts')).undo,
  },
  {
    name: 'history',
    summary: 'Shows the changes of a record, or its values at some time',
    example: ['npm run history -- Place 192', 'Its changes, the newest first'],
    load: async () => (await import('./commands/history.ts')).historyCommand,
  },
  {
    name: 'holds',
    summary: 'Lists values that were undone and that their sources must not write again; releases them',
    example: ['npm run hotspots -- holds --source=chi-libraries', 'What is held back from one source'],
    load: async () => (await import('./commands/holds.ts')).holds,
  },
  {
    name: 'suggestions',
    summary: 'Lists values that sources suggest for fields that people wrote last; accepts or dismisses them',
    example: ['npm run hotspots -- suggestions', 'What waits for somebody to decide'],
    load: async () => (await import('./commands/suggestions.ts')).suggestions,
  },
  {
    name: 'release',
    summary: 'Lets scrapers write a field again that a person wrote last',
    example: ['npm run hotspots -- release Place 192 telephone', 'The next crawl may write its telephone'],
    load: async () => (await import('./commands/release.ts')).release,
  },
  {
    name: 'resume',
    summary: 'Lets a paused source be crawled again; without a name, lists those that are paused',
    example: ['npm run hotspots -- resume chi-libraries', 'The next crawl reads it again'],
    load: async () => (await import('./commands/release.ts')).resume,
  },
  {
    name: 'serve',
    summary: 'Serves the pages to review and undo changes',
    example: ['npm run serve', 'The pages on http://127.0.0.1:8080'],
    load: async () => (await import('./commands/serve.ts')).serve,
  },
  {
    name: 'user create',
    summary: 'Creates a user who can sign in to the pages',
    example: ['npm run hotspots -- user create ana@example.org --role=admin', 'Asks for the password, twice'],
    load: async () => (await import('./commands/user.ts')).userCreate,
  },
  {
    name: 'user password',
    summary: 'Changes a user’s password and signs the user out everywhere',
    example: ['npm run hotspots -- user password ana@example.org', 'Asks for the password, twice'],
    load: async () => (await import('./commands/user.ts')).password,
  },
  {
    name: 'user role',
    summary: 'Changes a user’s role',
    example: ['npm run hotspots -- user role ben@example.org editor', 'Ben may undo changes of fields'],
    load: async () => (await import('./commands/user.ts')).role,
  },
  {
    name: 'user activate',
    summary: 'Lets a user sign in again',
    example: ['npm run hotspots -- user activate ben@example.org', 'Ben can sign in again'],
    load: async () => (await import('./commands/user.ts')).activate,
  },
  {
    name: 'user deactivate',
    summary: 'Deactivates a user and signs the user out everywhere',
    example: [
      'npm run hotspots -- user deactivate ben@example.org',
      'Ben cannot sign in any more; what he wrote stays his',
    ],
    load: async () => (await import('./commands/user.ts')).deactivate,
  },
  {
    name: 'user list',
    summary: 'Lists the users, their roles, and who can sign in',
    example: ['npm run hotspots -- user list', 'All users, by e-mail address'],
    load: async () => (await import('./commands/user.ts')).userList,
  },
  {
    name: 'token create',
    summary: 'Creates an API token that acts as a user',
    example: [
      'npm run hotspots -- token create ana@example.org --name="map of the week" --scope=read --scope=write',
      'Prints the secret, once',
    ],
    load: async () => (await import('./commands/token.ts')).tokenCreate,
  },
  {
    name: 'token list',
    summary: 'Lists API tokens, without their secrets',
    example: ['npm run hotspots -- token list', 'All of them'],
    load: async () => (await import('./commands/token.ts')).tokenList,
  },
  {
    name: 'token revoke',
    summary: 'Revokes an API token at once',
    example: ['npm run hotspots -- token revoke 7', 'The number is in: token list'],
    load: async () => (await import('./commands/token.ts')).revoke,
  },
  {
    name: 'webhook add',
    summary: 'Adds a webhook that is notified when runs finish, are flagged or are undone',
    example: [
      'npm run hotspots -- webhook add https://chat.example.org/hooks/1 --event=run.flagged',
      'Prints the secret that messages are signed with (Standard Webhooks); the server itself asks the address',
    ],
    load: async () => (await import('./commands/webhook.ts')).add,
  },
  {
    name: 'webhook list',
    summary: 'Lists webhooks and the state of their deliveries',
    example: ['npm run hotspots -- webhook list', 'Delivered, waiting, given up, and the last error'],
    load: async () => (await import('./commands/webhook.ts')).webhookList,
  },
  {
    name: 'webhook remove',
    summary: 'Removes a webhook',
    example: ['npm run hotspots -- webhook remove 1', 'What is still waiting for it is dropped'],
    load: async () => (await import('./commands/webhook.ts')).remove,
  },
  {
    name: 'webhook deliver',
    summary: 'Sends pending messages; crawls and the server do so automatically',
    example: ['npm run hotspots -- webhook deliver', 'Tries again what could not be sent before'],
    load: async () => (await import('./commands/webhook.ts')).deliver,
  },
  {
    name: 'export',
    summary: 'Writes places or events as GeoJSON, JSON Lines, CSV or iCalendar',
    example: ['npm run hotspots -- export places --output=places.geojson', 'All places, for a map'],
    load: async () => (await import('./commands/export.ts')).exportCommand,
  },
  {
    name: 'import',
    summary: 'Reads places or events from a file, as a run that can be reviewed and undone',
    example: [
      'npm run hotspots -- import places.csv --kind=places --as=ana@example.org --dry-run',
      'What it would do',
    ],
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  {
    name: 'manage',
    summary: 'Works on many records at once: duplicates, time zones, ratings; manage --help lists what',
    example: ['npm run manage -- cleanup-duplicates --dry-run', 'Which places it would mark as duplicates'],
    load: async () => (await import('./commands/manage.ts')).manage,
  },
  {
    name: 'worker',
    summary: 'Runs tasks and scheduled crawls in the background until it is stopped',
    example: ['npm run worker', 'Everything; start as many as you like, on as many machines as you like'],
    load: async () => (await import('./commands/worker.ts')).worker,
  },
  {
    name: 'schedule',
    summary: 'Shows what runs when: next times, last results, what is paused and why',
    example: ['npm run schedule', 'All schedules of crawlers/sources.yaml and of the tasks'],
    load: async () => (await import('./commands/schedule.ts')).schedule,
  },
  {
    name: 'jobs',
    summary: 'Lists jobs by task, and those that failed permanently',
    example: ['npm run hotspots -- jobs', 'Exit code 3 while jobs have failed permanently'],
    load: async () => (await import('./commands/jobs.ts')).jobsCommand,
  },
  {
    name: 'jobs send',
    summary: 'Queues a job for a worker',
    example: [
      'npm run hotspots -- jobs send crawl --data=\'{"source":"town-library"}\'',
      'Crawls a source soon',
    ],
    load: async () => (await import('./commands/jobs.ts')).send,
  },
  {
    name: 'jobs run',
    summary: 'Runs a job in this process, without a worker: for the system’s cron',
    example: ['npm run hotspots -- jobs run audit-seal', 'Seals the log now'],
    load: async () => (await import('./commands/jobs.ts')).run,
  },
  {
    name: 'jobs retry',
    summary: 'Retries dead letters: jobs that failed permanently',
    example: ['npm run hotspots -- jobs retry --all', 'Once the cause is fixed'],
    load: async () => (await import('./commands/jobs.ts')).retry,
  },
  {
    name: 'jobs discard',
    summary: 'Discards dead letters without running them',
    example: ['npm run hotspots -- jobs discard --all', 'When the next ones of the schedule do'],
    load: async () => (await import('./commands/jobs.ts')).discard,
  },
  {
    name: 'doctor',
    summary: 'Checks the installation and says how to fix each problem',
    example: [
      'npm run hotspots -- doctor',
      'What needs attention, with the fix; exit code 3 if anything does',
    ],
    load: async () => (await import('./commands/doctor.ts')).doctor,
  },
  {
    name: 'spiders',
    summary: 'Lists the spiders, and the sources that they read',
    example: ['npm run hotspots -- spiders', 'What --spider= and --source= can be'],
    load: async () => (await import('./commands/spiders.ts')).spidersCommand,
  },
  {
    name: 'audit verify',
    summary: 'Replays the log, compares it with the tables, and checks the seals',
    example: ['npm run hotspots -- audit verify', 'All records of all registered models'],
    load: async () => (await import('./commands/audit/verify.ts')).verify,
  },
  {
    name: 'audit seal',
    summary: 'Seals the log: later changes to its entries can then be proved',
    example: [
      'npm run hotspots -- audit seal',
      'All entries since the last seal. Keep the hash it prints elsewhere',
    ],
    load: async () => (await import('./commands/audit/seal.ts')).seal,
  },
  {
    name: 'audit find-writes',
    summary: 'Lists the Sequelize writes in existing code that no actor context encloses',
    example: [
      'npm run hotspots -- audit find-writes ../shop/src',
      'What would be refused there, by file and line',
    ],
    load: async () => (await import('./commands/audit/find-writes.ts')).findWritesCommand,
  },
];
