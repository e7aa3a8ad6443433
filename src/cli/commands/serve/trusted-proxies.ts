import { isIP } from 'node:net';
import { config } from '../../../config.ts';
import { usageError } from '../arguments/parse-arguments.ts';

/**
 * The proxies in front of the server, checked.
 *
 * @param given addresses and CIDR ranges
 * @throws HotspotsError USAGE for what is no address, and for an https site without a proxy
 */
export function trustedProxies(given: readonly string[]): readonly string[] {
  const wrong = given.find((each) => !isRange(each));
  if (wrong !== undefined) {
    throw usageError(
      'serve',
      `--trusted-proxy takes an address such as 127.0.0.1 or a range such as 10.0.0.0/8; given: ${JSON.stringify(wrong)}.`,
    );
  }
  if (given.length === 0 && config.publicUrl.startsWith('https:')) {
    // Cookies are then sent over TLS only, and that a request came over TLS is known from the proxy.
    throw usageError(
      'serve',
      `HOTSPOTS_PUBLIC_URL is ${config.publicUrl}, but this server does not speak TLS, so nobody could sign in. ` +
        'Name the proxy that does: --trusted-proxy=127.0.0.1.',
    );
  }
  return given;
}

function isRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 6 ? 128 : 32));
}
