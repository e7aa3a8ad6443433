import { chmod, chown, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeUser } from '../../src/database/embedded/location.ts';
import { runExecutable, type SystemUser } from '../../src/database/embedded/run-program.ts';
import { useEmbeddedServer } from '../../src/database/embedded/server.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';
import { TestProgram } from '../helpers/test-program.ts';

const isRoot = process.getuid?.() === 0;
const program = 'database/use-embedded.ts';

async function makeTestUser(): Promise<SystemUser> {
  const name = `hotspots-test-${process.pid}`;
  onTestFinished(async () => {
    await runExecutable('userdel', ['--force', name]);
  });
  return await makeUser(name);
}

test.skipIf(!isRoot)(
  'an ordinary user can use the server, and root then runs it as that user (skipped unless root)',
  async () => {
    await using folder = await temporaryFolder();
    const user = await makeTestUser();
    await chown(folder.path, user.uid, user.gid);
    const ordinary = new TestProgram(program, { parameters: [folder.path], user });
    await ordinary.answer();
    await ordinary.ask('CREATE TABLE marks AS SELECT 1 AS mark');
    expect(await ordinary.finish('release')).toBe(0);

    const data = path.join(folder.path, 'postgres', 'data');
    // A process id that now belongs to another program of the same user: PostgreSQL alone would not start.
    const bystander = new TestProgram('database/wait.ts', { user });
    await bystander.answer();
    await writeFile(path.join(data, 'postmaster.pid'), `${bystander.process.pid}\n${data}\n`);

    const root = new TestProgram(program, { parameters: [folder.path] });
    await root.answer();
    expect((await stat(path.join(data, 'postmaster.pid'))).uid).toBe(user.uid);
    const again = new TestProgram(program, { parameters: [folder.path], user });
    await again.answer();
    expect(await again.ask('SELECT mark FROM marks')).toEqual([{ mark: 1 }]);
    expect(await root.finish('release')).toBe(0);
    expect(await again.finish('release')).toBe(0);
    await bystander.kill();
  },
);

test.skipIf(!isRoot)('root is told which folder keeps the server out (skipped unless root)', async () => {
  await using folder = await temporaryFolder();
  const closed = path.join(folder.path, 'closed');
  await mkdir(closed, { mode: 0o700 });
  await expect(useEmbeddedServer(path.join(closed, 'storage'))).rejects.toMatchObject({
    code: 'EMBEDDED_POSTGRES_UNREACHABLE',
    message: expect.stringContaining(`${closed} lets that user not in`),
  });
  await chmod(closed, 0o711);
  const server = await useEmbeddedServer(path.join(closed, 'storage'), { settings: { fsync: 'off' } });
  await server.release();
});

test.skipIf(!isRoot)(
  "an ordinary user is told that the database is somebody else's (skipped unless root)",
  async () => {
    await using folder = await temporaryFolder();
    await mkdir(path.join(folder.path, 'postgres'));
    const user = await makeTestUser();
    const ordinary = new TestProgram(program, { parameters: [folder.path], user });
    await expect(ordinary.answer()).rejects.toThrow('belongs to the user with id 0');
  },
);
