/** The name that robots.txt rules are looked up by (RFC 9309, 2.2.1). */
export const robotsToken = 'hotspots';

/** How the crawler presents itself. */
export const userAgent = `${robotsToken}/0.1 (+https://github.com/vibemap/hotspots)`;
