import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../../src/database/open-database.ts';
import { runCli } from '../helpers/run-cli.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

let database: Database;
let environment: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  environment = { DATABASE_URL: database.url };
});

afterAll(() => database.close());

const review = (...args: string[]) => runCli(['review', ...args], environment);

describe('hotspots review', () => {
  it('says how to begin while nothing was crawled', async () => {
    expect((await review()).stdout).toBe(
      'Nothing was crawled yet. Begin with: npm run crawl -- --spider=events\n',
    );
    expect(JSON.parse((await review('--json')).stdout)).toEqual({ runs: [], next: null });
  });

  describe('after two crawls', () => {
    let firstRun: string;

    beforeAll(async () => {
      const crawled = await runCli(['crawl', '--spider=events', '--json'], environment);
      firstRun = JSON.parse(crawled.stdout).runId;
      await runCli(['crawl', '--spider=events'], environment);
    });

    it('lists the runs, newest first', async () => {
      const { stdout, code } = await review();
      const [titles, second, first] = stdout.split('\n');
      expect(titles).toMatch(
        /^RUN +SPIDER +SOURCE +STARTED +TOOK +PAGES +NEW +CHANGED +UNCHANGED +REJECTED +FAILED +STATE +ACTOR$/,
      );
      expect(first).toMatch(
        /^ *\d+ +events +sample-events +\d{4}-.* 25 +0 +0 +1 +0 +finished +scraper@vibemap\.com$/,
      );
      expect(second).toMatch(/ 0 +0 +18 +1 +0 +finished /);
      expect(code).toBe(0);
    });

    it('pages through the runs', async () => {
      const page = JSON.parse((await review('--limit=1', '--json')).stdout);
      expect(page.runs).toHaveLength(1);
      const rest = JSON.parse((await review(`--before=${page.next}`, '--json')).stdout);
      expect(rest.runs.map(({ id }: { id: string }) => id)).toEqual([firstRun]);
      expect(rest.next).toBeNull();
    });

    it('shows a run field by field, with the commonest new value, its share and samples', async () => {
      const { stdout, code } = await review(firstRun);
      expect(stdout).toMatch(new RegExp(`^Run ${firstRun} {2}events {2}sample-events {2}finished`));
      expect(stdout).toMatch(/^FIELD +CHANGES +COMMONEST NEW VALUE +SHARE$/m);
      expect(stdout).toMatch(/^Event\.timeZone +18 +America\/New_York +100 %$/m);
      expect(stdout).toMatch(/^Event\.name +18 +Story Time for Small Sailors +17 %$/m);
      expect(stdout).toMatch(/\(empty\) → Harbour Lights Concert +http:\/\/sample\.hotspots\.example\//);
      expect(code).toBe(0);
      const json = JSON.parse((await review(firstRun, '--json')).stdout);
      expect(json.run).toMatchObject({ id: firstRun, created: 25 });
      expect(json.fields[0]).toMatchObject({ model: 'Event', samples: expect.any(Array) });
    });

    it('answers an unknown run with code 2', async () => {
      const result = await review('999999');
      expect(result.stderr).toMatch(/^There is no run 999999\./);
      expect(result.code).toBe(2);
    });

    it('shows changes by actor, time, model and field: who, when, old, new, from which page', async () => {
      const { stdout } = await review(
        '--actor=scraper@vibemap.com',
        '--since=7d',
        '--model=event',
        '--field=name',
      );
      const entries = stdout.trimEnd().split('\n\n');
      expect(entries).toHaveLength(18);
      expect(stdout).toMatch(
        /^create Event \d+ {2}Fog Film Night\n {2}#\d+ {2}\d{4}-\d\d-\d\d \d\d:\d\d {2}scraper@vibemap\.com {2}run \d+\n {2}http:\/\/sample\.hotspots\.example\/events\/fog-film-night\.html\n {4}name {2}Fog Film Night$/m,
      );
    });

    it('pages through the changes with the command it prints', async () => {
      const first = await review('--field=name', '--model=Event', '--limit=10');
      const [, args] = /^Older: npm run review -- (.*)$/m.exec(first.stdout) ?? [];
      const second = await review(...(args ?? '').split(' '));
      const names = (text: string) => text.match(/^create Event \d+/gm) ?? [];
      expect(new Set([...names(first.stdout), ...names(second.stdout)]).size).toBe(18);
      expect(second.stdout).not.toContain('Older:');
    });

    it('gives changes as JSON with old and new values', async () => {
      const { stdout } = await review(`--run=${firstRun}`, '--action=create', '--limit=2', '--json');
      const { entries, next } = JSON.parse(stdout);
      expect(entries).toHaveLength(2);
      expect(entries[0]).toMatchObject({
        action: 'create',
        runId: firstRun,
        actorEmail: 'scraper@vibemap.com',
      });
      expect(entries[0].changes.name).toEqual([null, expect.any(String)]);
      expect(next).toBe(entries[1].id);
    });

    it('prints what a hostile page said as harmless text', async () => {
      await database.sequelize.query(
        `INSERT INTO log_entries (action, actor_email, model, object_id, object_label, source_url, changes)
         VALUES (1, 'scraper@vibemap.com', 'Event', '1', $1, $2, $3)`,
        {
          bind: [
            '\u001b[2JOpen Mic <script>alert(1)</script>',
            'http://a.example/\u202e',
            JSON.stringify({ name: ['\u009b31m', 'a\r\nb\u0007'] }),
          ],
        },
      );
      const { stdout } = await review('--model=Event', '--limit=1000');
      expect(stdout).toContain('update Event 1  \\u{1b}[2JOpen Mic <script>alert(1)</script>');
      expect(stdout).toContain('\\u{9b}31m → a\\r\\nb\\u{7}');
      expect(stdout).not.toMatch(/(?!\n)\p{Cc}|\u202e/u);
    });

    it('shows nothing for another actor, and helps with a misspelt name', async () => {
      expect((await review('--actor=nobody@example.org')).stdout).toBe('No change matches.\n');
      expect((await review('--field=startdat')).stdout).toBe(
        'No change matches. No field is called startdat; did you mean startDate?\n',
      );
    });
  });
});
