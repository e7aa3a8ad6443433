import type { Spider } from '../../../src/crawl/spider.ts';

/** Follows every link; one that is named "next" leads no deeper. */
export const linkSpider: Spider = {
  name: 'links',
  description: 'Follows every link.',
  pipeline: 'table',
  follow: (page) => page.links.map(({ url, kind }) => ({ url, kind: 'page', deeper: kind !== 'next' })),
};
