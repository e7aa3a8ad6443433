import packageJson from '../../package.json' with { type: 'json' };

/** The name that robots.txt rules are looked up by (RFC 9309, 2.2.1). */
export const robotsToken = 'hotspots';

/** How the crawler presents itself where `HOTSPOTS_USER_AGENT` does not say: by name and version. */
export const defaultUserAgent = `${robotsToken}/${packageJson.version}`;
