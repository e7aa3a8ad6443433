/** What the audit layer cannot know by itself and some filters need. */
export interface ReadingContext {
  /** The e-mails that tell automated actors from people, for `actorType`. */
  actorEmails?: { readonly scraper: string; readonly system: string } | undefined;
  /** The ids of a source's runs, the newest first, for `source`. */
  runsOfSource?: ((source: string) => Promise<readonly string[]>) | undefined;
  /**
   * SQL that gives the verdict on an entry, 'good', 'bad' or NULL, for `verdict`. It is given the SQL of the entry's
   * id and run.
   */
  verdictSql?: ((entry: { readonly id: string; readonly runId: string }) => string) | undefined;
}
