import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/open-database.ts';
import { runCli, startCli } from '../helpers/run-cli.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

let database: Database;
let environment: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  environment = { DATABASE_URL: database.url };
});
afterAll(() => database.close());

/** The server in a process of its own, once it listens. */
async function serve(args: readonly string[] = [], more: Record<string, string> = {}) {
  const { process: child, ended } = startCli(['serve', '--port=0', ...args], { ...environment, ...more });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = '';
  child.stdout?.on('data', (text: string) => {
    said += text;
    const address = /http:\/\/\S+/.exec(said)?.[0];
    if (address !== undefined) resolve(address);
  });
  ended.then(({ stderr }) => reject(new Error(`The server ended: ${stderr}`)), reject);
  return { address: await promise, child, ended };
}

describe('hotspots serve', () => {
  test('says where it listens and how to make the first admin, and stops when it is told to', async () => {
    const { address, child, ended } = await serve();
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const page = await fetch(`${address}/review`);
    expect(page.url).toBe(`${address}/sign-in?next=%2Freview`);
    expect(await page.text()).toContain('npm run hotspots -- user create you@example.org --role=admin');
    child.kill('SIGTERM');
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).toEqual([0, `Listening on ${address} (Ctrl-C stops)\n`]);
    expect(stderr).toContain('npm run hotspots -- user create you@example.org --role=admin');
  });

  test('says nothing of a first admin when somebody can sign in', async () => {
    await using folder = await temporaryFolder();
    const file = path.join(folder.path, 'password.txt');
    await writeFile(file, 'blue cows on the moon');
    await runCli(
      ['user', 'create', 'ana@example.org', '--role=viewer', `--password-file=${file}`],
      environment,
    );
    const { address, child, ended } = await serve();
    expect(await (await fetch(`${address}/sign-in`)).text()).not.toContain('user create');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0, stderr: expect.not.stringContaining('user create') });
  });

  test('behind a proxy that ends TLS, sends cookies and promises of TLS to those who came over it', async () => {
    const { address, child, ended } = await serve(['--trusted-proxy=127.0.0.1'], {
      HOTSPOTS_PUBLIC_URL: 'https://hotspots.example.org',
    });
    const over = (protocol: string) =>
      fetch(`${address}/sign-in`, {
        headers: { 'x-forwarded-proto': protocol, 'x-forwarded-for': '192.0.2.7' },
      });
    const secure = await over('https');
    expect(secure.headers.get('set-cookie')).toMatch(/^hotspots_session=.*HttpOnly; Secure; SameSite=Lax/);
    expect(secure.headers.get('strict-transport-security')).toMatch(/^max-age=\d{8}/);
    expect((await over('http')).headers.get('set-cookie')).toBeNull();
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  test('refuses https without a proxy, with which nobody could sign in', async () => {
    const answer = await runCli(['serve', '--port=0'], {
      ...environment,
      HOTSPOTS_PUBLIC_URL: 'https://hotspots.example.org',
    });
    expect(answer).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /^HOTSPOTS_PUBLIC_URL is https:\/\/hotspots\.example\.org, but .*--trusted-proxy=/,
      ),
    });
  });

  test('refuses addresses and ports that are none', async () => {
    const words = [
      '--trusted-proxy=proxy.example.org',
      '--trusted-proxy=10.0.0.0/33',
      '--trusted-proxy=loopback',
      '--port=http',
      '--port=70000',
      '--host=203.0.113.77',
    ];
    const answers = await Promise.all(words.map((word) => runCli(['serve', word], environment)));
    const noAddress = expect.stringMatching(
      /^--trusted-proxy takes an address such as 127\.0\.0\.1 or a range/,
    );
    const noPort = expect.stringMatching(/^--port must be/);
    const noHost = expect.stringMatching(/^"203\.0\.113\.77" is no address of this machine\./);
    expect(answers.map(({ stderr }) => stderr)).toEqual([
      noAddress,
      noAddress,
      noAddress,
      noPort,
      noPort,
      noHost,
    ]);
    for (const answer of answers) expect(answer).toMatchObject({ code: 2, stdout: '' });
  });

  test('names another port when its own is taken', async () => {
    const taken = createServer();
    const { promise, resolve } = Promise.withResolvers<void>();
    taken.listen(0, '127.0.0.1', resolve);
    await promise;
    const address = taken.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const answer = await runCli(['serve', `--port=${port}`], environment);
    expect(answer).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        `Port ${port} on 127.0.0.1 is taken. Give another one: --port=${port + 1}.`,
      ),
    });
    taken.close();
  });
});
