import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseArguments } from '../../src/cli/arguments.ts';
import { serve } from '../../src/cli/commands/serve.ts';
import { worker } from '../../src/cli/commands/worker.ts';
import { loadConfig } from '../../src/config.ts';
import { temporaryFolder } from '../helpers/temporary-folder.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'src/jobs/deploy');
const analyser = '/usr/bin/systemd-analyze';
const commands = new Map(Object.entries({ serve, worker }));

/** Reads a command line as the program does. */
function read([name = '', ...args]: readonly string[]) {
  const command = commands.get(name);
  if (command === undefined) throw new Error(`There is no command ${name}.`);
  parseArguments(name, command.options, command.positionals, args);
  return name;
}

const program = z.object({
  build: z.object({ context: z.string(), dockerfile: z.string() }),
  command: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  volumes: z.array(z.string()),
  depends_on: z.object({ postgres: z.object({ condition: z.literal('service_healthy') }) }),
  deploy: z.object({ replicas: z.string() }).optional(),
});
const compose = z.object({
  services: z.strictObject({
    postgres: z.object({ image: z.string(), volumes: z.array(z.string()), healthcheck: z.object({}) }),
    web: program,
    worker: program,
  }),
  volumes: z.record(z.string(), z.null()),
});

describe('the Compose file', () => {
  const text = readFileSync(path.join(folder, 'compose.yaml'), 'utf8');
  const { services, volumes } = compose.parse(parse(text, { merge: true }));

  test('has a database, one server of the pages and some workers, with commands that there are', () => {
    expect(read(services.web.command)).toBe('serve');
    expect(read(services.worker.command)).toBe('worker');
    expect(services.web.deploy).toBeUndefined();
    expect(services.worker.deploy?.replicas).toMatch(/:-2}$/);
  });

  test('names settings that the program reads', () => {
    const settings = Object.entries(services.worker.environment).map(([name, value]) => [
      name,
      value.replace(/\$\{[A-Z_]+:-([^}]*)\}/, '$1').replace(/\$\{[A-Z_]+:\?[^}]*\}/, 'secret'),
    ]);
    expect(loadConfig(Object.fromEntries(settings))).toMatchObject({
      databaseUrl: 'postgres://hotspots:secret@postgres:5432/hotspots',
      publicUrl: 'http://127.0.0.1:8080',
    });
  });

  test('builds and mounts what is there', () => {
    const { context, dockerfile } = services.worker.build;
    expect(path.resolve(folder, context)).toBe(root);
    expect(existsSync(path.resolve(folder, context, dockerfile))).toBe(true);
    for (const volume of Object.values(services).flatMap(({ volumes: mounted }) => mounted)) {
      const [from = ''] = volume.split(':');
      if (from.startsWith('.')) expect(existsSync(path.resolve(folder, from)), from).toBe(true);
      else expect(volumes).toHaveProperty(from);
    }
  });
});

describe('the Dockerfile', () => {
  const lines = readFileSync(path.join(folder, 'Dockerfile'), 'utf8').split('\n');

  test('is given what the program is made of, and nothing that is secret', () => {
    const [everything, ...allowed] = readFileSync(path.join(folder, 'Dockerfile.dockerignore'), 'utf8')
      .trim()
      .split('\n');
    expect(everything).toBe('*');
    expect(allowed).toEqual(['!package.json', '!package-lock.json', '!crawlers', '!pipelines', '!src']);
    for (const line of allowed) expect(existsSync(path.join(root, line.slice(1))), line).toBe(true);
  });

  test('starts the program', () => {
    const entry = lines.find((line) => line.startsWith('ENTRYPOINT ')) ?? '';
    const [, file = ''] = z.array(z.string()).parse(JSON.parse(entry.slice('ENTRYPOINT '.length)));
    expect(existsSync(path.join(root, file))).toBe(true);
  });
});

describe('the units of systemd', () => {
  const units = globSync('*.service', { cwd: folder });

  test('are one of the pages and one of any number of workers', () => {
    expect(units.sort()).toEqual(['hotspots-web.service', 'hotspots-worker@.service']);
  });

  test.each(units)('%s starts a command that there is', (name) => {
    const unit = readFileSync(path.join(folder, name), 'utf8');
    const [node = '', file = '', ...args] = /^ExecStart=(.+)$/m.exec(unit)?.[1]?.split(' ') ?? [];
    expect(path.isAbsolute(node)).toBe(true);
    expect(existsSync(path.join(root, file)), file).toBe(true);
    expect(name).toContain(read(args) === 'serve' ? 'web' : 'worker');
  });

  test.skipIf(!existsSync(analyser)).each(units)('%s is one that systemd understands', async (name) => {
    await using copy = await temporaryFolder();
    const unit = readFileSync(path.join(folder, name), 'utf8');
    // Where the program is not installed, its absence would be a fault.
    await writeFile(path.join(copy.path, name), unit.replace(/^ExecStart=.*$/m, 'ExecStart=/bin/true'));
    expect(await promisify(execFile)(analyser, ['verify', path.join(copy.path, name)])).toEqual({
      stdout: '',
      stderr: '',
    });
  });
});
