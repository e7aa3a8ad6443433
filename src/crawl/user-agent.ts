import packageJson from '../../package.json' with { type: 'json' };

/** The name that robots.txt rules are looked up by (RFC 9309, 2.2.1). */
export const robotsToken = 'hotspots';

/** How the crawler presents itself: its name and version, and where to ask about it. */
export const userAgent = `${robotsToken}/${packageJson.version} (+https://vibemap.com)`;
