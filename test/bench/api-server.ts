import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';

const mostConnections = 500;

/** A server of the API in a process of its own; disposing of it stops it. */
export interface ApiServer extends AsyncDisposable {
  /** Connections to it: as many as there are requests at once, 500 at most. */
  readonly pool: Pool;
}

/** Starts `api-program.ts` on the database at `url`. @throws Error when it ends before it listens, or not well */
export async function startApiServer(url: string, kind: 'audited' | 'plain'): Promise<ApiServer> {
  const server = spawn(process.execPath, [path.join(import.meta.dirname, 'api-program.ts'), kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, DATABASE_URL: url },
  });
  const exit = once(server, 'exit');
  const [origin] = await Promise.race([once(createInterface(server.stdout), 'line'), exit]);
  if (server.exitCode !== null) throw new Error(`The ${kind} server ended before it could be used.`);
  const pool = new Pool(String(origin), { connections: mostConnections, pipelining: 1 });
  return {
    pool,
    [Symbol.asyncDispose]: async () => {
      await pool.close();
      server.kill();
      const [code] = await exit;
      if (code !== 0) throw new Error(`The ${kind} server ended with exit code ${code}.`);
    },
  };
}
