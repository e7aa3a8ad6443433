/** A source as `crawlers/sources.yaml` has it; what the pages show of it. */
export interface ConfiguredSource {
  readonly name: string;
  readonly spider: string;
  readonly startUrls: readonly string[];
}
