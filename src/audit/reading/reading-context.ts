/** What the audit layer cannot know by itself and some filters need. */
export interface ReadingContext {
  /** The e-mails that tell automated actors from people, for `actorType`. */
  actorEmails?: { readonly scraper: string; readonly system: string } | undefined;
  /** The ids of a source's runs, the newest first, for `source`. */
  runsOfSource?: ((source: string) => Promise<readonly string[]>) | undefined;
}
