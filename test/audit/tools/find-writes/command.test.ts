import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { runCli } from '../../../helpers/run-cli.ts';
import { temporaryFolder } from '../../../helpers/temporary-folder.ts';

async function findWrites(text: string, ...options: string[]) {
  await using folder = await temporaryFolder();
  await writeFile(path.join(folder.path, 'work.ts'), text);
  return await runCli(['audit', 'find-writes', folder.path, ...options]);
}

const loose = `import { Model } from 'sequelize';
class Place extends Model {}
await Place.create({});
`;
const enclosed = loose.replace('await Place.create({})', 'withSystemActor(() => Place.create({}))');

describe('hotspots audit find-writes', () => {
  test('shows each write with its place, counts them, and ends with code 3', async () => {
    const { stdout, code } = await findWrites(loose);
    expect(stdout).toMatch(/^PLACE +WRITE +CONTEXT +NOTE$/m);
    expect(stdout).toMatch(/work\.ts:3:13 +Place\.create +unenclosed$/m);
    expect(stdout).toMatch(/^Place\.create +1$/m);
    expect(stdout).toMatch(/^1 file read, 1 model found\.\n1 write without an actor context/m);
    expect(code).toBe(3);
  });

  test('ends with code 0 when all is enclosed', async () => {
    const { stdout, code } = await findWrites(enclosed);
    expect(stdout).toMatch(/^0 writes without an actor context .*; 1 in order\.$/m);
    expect(code).toBe(0);
  });

  test('gives the same as one JSON object', async () => {
    const { stdout, code } = await findWrites(loose, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      files: 1,
      models: ['Place'],
      writes: [{ line: 3 }],
      problems: [],
    });
    expect(code).toBe(3);
  });

  test('ends with code 3 when a file could not be read, whose writes nobody knows', async () => {
    const { stdout, code } = await findWrites('const = 1;');
    expect(stdout).toMatch(/work\.ts:1: Unexpected token/);
    expect(code).toBe(3);
  });

  test('lists what only triggers record with --no-triggers', async () => {
    const upsert = enclosed.replace('create', 'upsert');
    expect((await findWrites(upsert)).code).toBe(0);
    const { stdout, code } = await findWrites(upsert, '--no-triggers');
    expect(stdout).toMatch(/Place\.upsert +enclosed +refused without triggers: use bulkCreate/);
    expect(code).toBe(3);
  });

  test('answers a missing, an unknown and an empty folder with code 2', async () => {
    await using folder = await temporaryFolder();
    await mkdir(path.join(folder.path, 'empty'));
    const commands: [string[], RegExp][] = [
      [[], /^A file or folder to read is missing\. See: .*audit find-writes --help$/m],
      [[path.join(folder.path, 'none')], /^There is no file or folder ".*none"\.$/m],
      [[path.join(folder.path, 'empty')], /^There is no TypeScript or JavaScript file in ".*empty"\./m],
    ];
    for (const [args, message] of commands) {
      const { stderr, code } = await runCli(['audit', 'find-writes', ...args]);
      expect(stderr).toMatch(message);
      expect(code).toBe(2);
    }
  });
});

describe('the command group audit', () => {
  test('needs a second word, knows near ones and lists its commands', async () => {
    expect((await runCli(['audit'])).stderr).toMatch(
      /^audit needs one more word\. Commands are audit .*find-writes/,
    );
    expect((await runCli(['audit', 'find-wites'])).stderr).toMatch(/Did you mean audit find-writes\?/);
    expect((await runCli(['audit', '--help'])).stdout).toMatch(/^ {2}audit find-writes {2}Lists /m);
  });
});
