import { once } from 'node:events';
import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Sequelize } from 'sequelize';
import { canAnybodySignIn } from '../../accounts/users.ts';
import { config } from '../../config.ts';
import { sourcesFile } from '../../crawl/source.ts';
import { HotspotsError } from '../../errors.ts';
import { log } from '../../log.ts';
import { deliverWebhooks } from '../../runs/index.ts';
import { usageError, wholeNumber } from '../arguments.ts';
import { type Command, exitCodes } from '../command.ts';
import { stopOnSignal } from '../progress.ts';
import { writeOutput } from '../terminal.ts';
import { withDatabase } from './options.ts';

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

const webhookPause = 30_000;

/** `hotspots serve`: the pages, until it is stopped. */
export const serve: Command = {
  usage: '[--host=ADDRESS] [--port=N]',
  options: {
    host: {
      type: 'string',
      value: 'ADDRESS',
      help: 'where to listen; 127.0.0.1 if not given: only this machine',
    },
    port: { type: 'string', value: 'N', help: '8080 if not given; 0 takes a free one' },
    'trusted-proxy': {
      type: 'string',
      multiple: true,
      value: 'ADDRESS',
      help: 'a proxy in front, or a range as 10.0.0.0/8, whose X-Forwarded-For is believed',
    },
  },
  positionals: 0,
  examples: [
    [
      'HOTSPOTS_PUBLIC_URL=https://hotspots.example.org npm run serve -- --trusted-proxy=127.0.0.1',
      'Behind a proxy that ends TLS: with an https address, cookies are sent over TLS only',
    ],
  ],
  run: async (given) => {
    const host = given.text('host') ?? '127.0.0.1';
    const port = wholeNumber('serve', '--port', given.text('port'), { min: 0, max: 65_535 }) ?? 8080;
    const proxies = trustedProxies(given.texts('trusted-proxy'));
    const { buildServer } = await import('../../web/build-server.ts');
    const { readSources } = await import('../../crawl/read-sources.ts');
    const { spiders } = await import('../../app.ts');
    return withDatabase(async (database) => {
      using stop = stopOnSignal('the requests in flight');
      const app = await buildServer(database, {
        trustedProxies: proxies,
        sources: () => readSources(sourcesFile, [...spiders.keys()]),
      });
      try {
        await writeOutput(`Listening on ${await listen(app, host, port)} (Ctrl-C stops)`);
        if (!(await canAnybodySignIn())) {
          process.stderr.write(
            'Nobody can sign in yet. Make the first admin, in another terminal:\n' +
              '  npm run hotspots -- user create you@example.org --role=admin\n',
          );
        }
        const webhooks = sendWebhooks(database.sequelize, stop.signal);
        if (!stop.signal.aborted) await once(stop.signal, 'abort');
        await webhooks;
      } finally {
        await app.close();
      }
      return exitCodes.done;
    });
  },
};

async function listen(
  app: { listen(options: { host: string; port: number }): Promise<string> },
  host: string,
  port: number,
): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE')
      throw usageError('serve', `Port ${port} on ${host} is taken. Give another one: --port=${port + 1}.`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw usageError('serve', `${JSON.stringify(host)} is no address of this machine.`);
    if (code === 'EACCES')
      throw new HotspotsError('PERMISSION_DENIED', `Port ${port} needs more rights. Take one above 1023.`);
    throw error;
  }
}

/** Deliveries wait in the database: what fails here is tried again. */
async function sendWebhooks(sequelize: Sequelize, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await deliverWebhooks(sequelize, { signal });
      await delay(webhookPause, undefined, { signal });
    } catch (error) {
      if (signal.aborted) return;
      log.warn('Webhooks could not be sent', { error });
      await Promise.race([delay(webhookPause), once(signal, 'abort')]);
    }
  }
}
