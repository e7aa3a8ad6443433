/** Thrown at a page that was still waiting for its turn when the crawl was stopped. */
export class CrawlStopped extends Error {
  override readonly name = 'CrawlStopped';

  constructor() {
    super('The crawl was stopped.');
  }
}
