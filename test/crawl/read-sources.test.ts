import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSources, readSourcesFile } from '../../src/crawl/read-sources.ts';
import { HotspotsError } from '../../src/errors.ts';

let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'hotspots-sources-'));
  file = path.join(folder, 'sources.yaml');
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function read(yaml: string) {
  await writeFile(file, yaml);
  return readSources(file, ['events', 'places']);
}

/** The problems that a file is refused with, without the file's name. */
async function problemsOf(yaml: string): Promise<string[]> {
  try {
    await read(yaml);
  } catch (error) {
    if (!(error instanceof HotspotsError)) throw error;
    expect(error.code).toBe('SOURCES_INVALID');
    return error.message.split('\n').map((line) => line.replace(/^.*sources\.yaml:/, ''));
  }
  return [];
}

describe('readSources', () => {
  test('fills in the defaults of a short entry', async () => {
    const sources = await read(
      'sources:\n  - name: a\n    spider: events\n    startUrls: [https://a.example/]\n',
    );
    expect(sources).toEqual([
      {
        name: 'a',
        spider: 'events',
        startUrls: ['https://a.example/'],
        allowedHosts: [],
        limits: {
          pages: 1000,
          depth: 3,
          requestsPerSecond: 2,
          concurrency: 2,
          retries: 3,
          retryDelay: 0.5,
          pauseOn429: 1,
          maxRetryAfter: 120,
        },
        respectRobotsTxt: true,
      },
    ]);
  });

  test.each(['', '# nothing\n', 'sources:\n', 'sources: []\n'])('takes %j as no sources', async (yaml) => {
    expect(await read(yaml)).toEqual([]);
  });

  test('reads the file that the project ships, which has none', async () => {
    const shipped = path.join(import.meta.dirname, '../../crawlers/sources.yaml');
    expect(await readSources(shipped, ['events'])).toEqual([]);
  });

  test('names line, field, what is allowed and what was given, for every problem at once', async () => {
    const problems = await problemsOf(
      [
        'sources:',
        '  - name: Town Library',
        '    spider: event',
        '    startUrls:',
        '      - https://ok.example/',
        '      - ftp://wrong.example/',
        '    timezone: America/New_York',
        '    limits:',
        '      pages: 0',
        '  - spider: events',
        '    startUrls: []',
      ].join('\n'),
    );
    expect(problems).toEqual([
      '2: sources[0].name: must be 1 to 63 lower-case letters, digits and hyphens, such as town-library; given: "Town Library"',
      '6: sources[0].startUrls[1]: must be a list of at least one http or https address; given: "ftp://wrong.example/"',
      '7: sources[0].timezone: is not a field; allowed are name, spider, startUrls, timeZone, country, allowedHosts, limits, respectRobotsTxt, schedule',
      '9: sources[0].limits.pages: must be a whole number from 1; given: 0',
      '10: sources[1].name: must be 1 to 63 lower-case letters, digits and hyphens, such as town-library; it is missing',
      '11: sources[1].startUrls: must be a list of at least one http or https address; given: []',
    ]);
  });

  test('reads how a source is tried again, and refuses what is out of range', async () => {
    const entry = (limits: string) =>
      `sources:\n  - name: a\n    spider: events\n    startUrls: [https://a.example/]\n    limits:\n${limits}`;
    const [source] = await read(
      entry('      retries: 0\n      retryDelay: 2.5\n      pauseOn429: 30\n      maxRetryAfter: 600\n'),
    );
    expect(source?.limits).toMatchObject({ retries: 0, retryDelay: 2.5, pauseOn429: 30, maxRetryAfter: 600 });
    expect(
      await problemsOf(
        entry(
          '      retries: 1.5\n      retryDelay: 61\n      pauseOn429: 1 min\n      maxRetryAfter: -1\n      pause: 3\n',
        ),
      ),
    ).toEqual([
      '6: sources[0].limits.retries: must be a whole number from 0 to 10; given: 1.5',
      '7: sources[0].limits.retryDelay: must be a number of seconds from 0 to 60; given: 61',
      '8: sources[0].limits.pauseOn429: must be a number of seconds from 0 to 3600; given: "1 min"',
      '9: sources[0].limits.maxRetryAfter: must be a number of seconds from 0 to 3600; given: -1',
      '10: sources[0].limits.pause: is not a field; allowed are pages, depth, requestsPerSecond, concurrency, retries, retryDelay, pauseOn429, maxRetryAfter',
    ]);
    expect(await problemsOf(`${entry('').trim()} fast\n`)).toEqual([
      '5: sources[0].limits: must be a map with any of pages, depth, requestsPerSecond, concurrency, retries, retryDelay, pauseOn429, maxRetryAfter; given: "fast"',
    ]);
  });

  test('refuses unknown spiders, zones, countries, hosts, and a name used twice', async () => {
    const entry = (more: string) =>
      `  - name: a\n    spider: events\n    startUrls: [https://a.example/]\n${more}`;
    const problems = await problemsOf(
      `sources:\n${entry('    timeZone: America/New York\n')}${entry('    country: UK\n    allowedHosts: [https://b.example/x]\n')}` +
        '  - name: c\n    spider: evnts\n    startUrls: [https://a.example/]\n',
    );
    expect(problems).toEqual([
      '5: sources[0].timeZone: must be the IANA name of a time zone, such as America/New_York; given: "America/New York"',
      '6: sources[1].name: must be used once; line 2 has it already; given: "a"',
      '9: sources[1].country: must be an ISO 3166-1 country code of two capital letters, such as US or GB; given: "UK"',
      '10: sources[1].allowedHosts[0]: must be a host name without scheme or path; given: "https://b.example/x"',
      '12: sources[2].spider: must be one of the spiders events, places; given: "evnts"',
    ]);
  });

  test('reads when a source is crawled, and when tasks are done', async () => {
    const text = [
      'sources:',
      '  - { name: a, spider: events, startUrls: [https://a.example/], schedule: 0 5 * * * }',
      '  - name: b',
      '    spider: events',
      '    startUrls: [https://b.example/]',
      '    schedule: { cron: "30 2 * * 1", timeZone: Europe/Paris }',
      'tasks:',
      '  audit-seal: false',
      '  webhook: "*/5 * * * *"',
    ].join('\n');
    await writeFile(file, text);
    const { sources, tasks } = await readSourcesFile(file, ['events']);
    expect(sources.map(({ schedule }) => schedule)).toEqual([
      { cron: '0 5 * * *' },
      { cron: '30 2 * * 1', timeZone: 'Europe/Paris' },
    ]);
    expect(tasks).toEqual({ 'audit-seal': false, webhook: { cron: '*/5 * * * *' } });
  });

  test('refuses what is no schedule', async () => {
    const entry = (name: string, schedule: string) =>
      `  - { name: ${name}, spider: events, startUrls: [https://a.example/], schedule: ${schedule} }\n`;
    const problems = await problemsOf(
      `sources:\n${entry('a', 'daily')}${entry('b', '61 5 * * *')}${entry('c', '0 0 5 * * *')}tasks:\n  webhook: true\n`,
    );
    const rule =
      'must be a cron expression of five fields such as "0 5 * * *", or a map with cron and timeZone';
    expect(problems).toEqual([
      `2: sources[0].schedule: ${rule} (an IANA name); given: "daily"`,
      `3: sources[1].schedule: ${rule} (an IANA name); given: "61 5 * * *"`,
      `4: sources[2].schedule: ${rule} (an IANA name); given: "0 0 5 * * *"`,
      `6: tasks.webhook: ${rule} (an IANA name), or false; given: true`,
    ]);
    expect(await problemsOf(`sources:\n${entry('a', '{ cron: 0 5 * * *, timeZone: Mars/Base }')}`)).toEqual([
      '2: sources[0].schedule.timeZone: must be the IANA name of a time zone, such as America/New_York; given: "Mars/Base"',
    ]);
  });

  test.each([
    'H 5 * * *',
    '? 5 * * *',
    '0 5 L * *',
    '0 5 * * 1#2',
    '5/15 * * * *',
    '@daily',
    '0 5 30 2 *',
    '*/0 * * * *',
    '0 5 * *',
    '5-1 * * * *',
    '0 24 * * *',
    '0 5 * foo *',
    '%',
    '',
  ])('refuses %j as a cron expression: crontab(5) has no such thing', async (cron) => {
    expect(await problemsOf(`tasks:\n  webhook: ${JSON.stringify(cron)}\n`)).toEqual([
      expect.stringContaining(`given: ${JSON.stringify(cron)}`),
    ]);
  });

  test.each(['0  5 * * *', ' 0 5 * jan-MAR * ', '*/7 1-5/2,9 1,15 * mon,SAT'])(
    'takes %j as a cron expression',
    async (cron) => {
      await writeFile(file, `tasks:\n  webhook: ${JSON.stringify(cron)}\n`);
      expect((await readSourcesFile(file, [])).tasks).toEqual({ webhook: { cron: cron.trim() } });
    },
  );

  test('refuses unknown fields and zones of schedules', async () => {
    const source = 'name: a, spider: events, startUrls: [https://a.example/]';
    expect(
      await problemsOf(
        `tasks:\n  a: { cron: 0 5 * * *, timezone: UTC }\nsources:\n  - { ${source}, schedule: { cron: 0 5 * * *, zone: UTC } }\n`,
      ),
    ).toEqual([
      '2: tasks.a.timezone: is not a field; allowed are cron, timeZone',
      '4: sources[0].schedule.zone: is not a field; allowed are cron, timeZone',
    ]);
    expect(await problemsOf('tasks:\n  a: { cron: 0 5 * * *, timeZone: Mars }\n')).toEqual([
      '2: tasks.a.timeZone: must be the IANA name of a time zone, such as America/New_York; given: "Mars"',
    ]);
  });

  test('refuses a password in an address, and does not repeat it', async () => {
    const problems = await problemsOf(
      'sources:\n  - name: a\n    spider: events\n    startUrls: [https://me:secret@a.example/]\n',
    );
    expect(problems).toEqual([
      '4: sources[0].startUrls[0]: must not hold a user name or password; given: "not shown"',
    ]);
  });

  test('names the line of YAML that cannot be read, and of a key written twice', async () => {
    expect(await problemsOf('sources:\n  - name: "a\n')).toEqual([
      expect.stringMatching(/^[23]: not valid YAML: /),
    ]);
    expect(await problemsOf('sources: []\nsources: []\n')).toEqual([
      expect.stringMatching(/^2: not valid YAML: .*unique/),
    ]);
  });

  test('refuses another kind of document with a sentence', async () => {
    expect(await problemsOf('- a\n')).toEqual(['1: the file: must be a map of fields; given: ["a"]']);
    expect(await problemsOf('sources: [1]\n')).toEqual(['1: sources[0]: must be a map of fields; given: 1']);
    expect(await problemsOf('sources: 5\n')).toEqual([
      '1: sources: must be a list of sources, or [] for none; given: 5',
    ]);
  });

  test('does not unfold aliases without bound', async () => {
    const names = 'abcdefgh'.split('');
    const yaml = names.map((name, i) => {
      const previous = names[i - 1];
      return `${name}: &${name} [${Array(9)
        .fill(previous === undefined ? 'x' : `*${previous}`)
        .join(', ')}]`;
    });
    await expect(read(`${yaml.join('\n')}\n`)).rejects.toThrow(/aliases are used too often/);
  });

  test('says what to do when the file is missing', async () => {
    await expect(readSources(path.join(folder, 'none.yaml'), [])).rejects.toThrow(/ENOENT.*Create it/);
  });
});
