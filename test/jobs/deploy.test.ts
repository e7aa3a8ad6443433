import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseArguments } from '../../src/cli/commands/arguments/parse-arguments.ts';
import { serve } from '../../src/cli/commands/serve.ts';
import { worker } from '../../src/cli/commands/worker.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, 'src/jobs/deploy');
const commands = new Map([serve, worker].map((command) => [command.name, command]));

/** Reads a command line as the program does. */
function read([name = '', ...args]: readonly string[]) {
  const command = commands.get(name);
  if (command === undefined) throw new Error(`There is no command ${name}.`);
  parseArguments(command.name, command.options, command.positionals, args);
  return name;
}

const service = z.object({
  image: z.string(),
  command: z.array(z.string()).optional(),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  environment: z.record(z.string(), z.string()),
  volumes: z.array(z.string()),
  deploy: z.object({ replicas: z.int().min(1) }).optional(),
});
const compose = z.object({
  services: z.object({ database: service, web: service, worker: service }),
  volumes: z.record(z.string(), z.null()),
});

describe('the Compose file', () => {
  const text = readFileSync(path.join(folder, 'compose.yaml'), 'utf8');
  const { services, volumes } = compose.parse(parse(text, { merge: true }));

  it('has a database, one server of the pages and some workers, with commands that there are', () => {
    expect(read(services.web.command ?? [])).toBe('serve');
    expect(read(services.worker.command ?? [])).toBe('worker');
    expect(services.worker.deploy?.replicas).toBeGreaterThan(1);
    expect(services.web.environment.DATABASE_URL).toContain('@database:5432/');
  });

  it('builds and mounts what is there', () => {
    const { context = '', dockerfile = '' } = services.worker.build ?? {};
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

  it('copies what is there, and what the ignore file lets through', () => {
    const copied = lines
      .filter((line) => line.startsWith('COPY '))
      .flatMap((line) => line.split(' ').slice(1, -1));
    const allowed = readFileSync(path.join(folder, 'Dockerfile.dockerignore'), 'utf8').split('\n');
    expect(copied).toContain('src');
    for (const name of copied) {
      expect(existsSync(path.join(root, name)), name).toBe(true);
      expect(allowed).toContain(`!${name}`);
    }
  });

  it('starts the program', () => {
    const entry = lines.find((line) => line.startsWith('ENTRYPOINT ')) ?? '';
    const [, file = ''] = z.array(z.string()).parse(JSON.parse(entry.slice('ENTRYPOINT '.length)));
    expect(existsSync(path.join(root, file))).toBe(true);
  });
});

describe('the units of systemd', () => {
  const units = globSync('*.service', { cwd: folder });

  it('are one of the pages and one of any number of workers', () => {
    expect(units.sort()).toEqual(['hotspots-web.service', 'hotspots-worker@.service']);
  });

  it.each(units)('%s parses and starts a command that there is', (name) => {
    const lines = readFileSync(path.join(folder, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(lines.filter((line) => line.startsWith('['))).toEqual(['[Unit]', '[Service]', '[Install]']);
    for (const line of lines) expect(line).toMatch(/^(\[\w+\]|\w+=\S.*)$/);
    const start = lines.find((line) => line.startsWith('ExecStart='))?.slice('ExecStart='.length) ?? '';
    const [node = '', file = '', ...args] = start.split(' ');
    expect(path.isAbsolute(node)).toBe(true);
    expect(existsSync(path.join(root, file)), file).toBe(true);
    expect(name).toContain(read(args) === 'serve' ? 'web' : 'worker');
  });
});
