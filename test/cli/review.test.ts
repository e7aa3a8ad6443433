import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/database/open-database.ts';
import { runCli, startCli } from '../helpers/run-cli.ts';
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
  test('says how to begin while nothing was crawled', async () => {
    expect((await review()).stdout).toBe(
      'Nothing was crawled yet. Begin with: npm run crawl -- --spider=events\n',
    );
    expect(JSON.parse((await review('--json')).stdout)).toEqual({ waiting: [], runs: [], next: null });
  });

  describe('after two crawls', () => {
    let firstRun: string;

    beforeAll(async () => {
      const crawled = await runCli(['crawl', '--spider=events', '--json'], environment);
      firstRun = JSON.parse(crawled.stdout).runId;
      await runCli(['crawl', '--spider=events'], environment);
    });

    test('lists the runs, newest first', async () => {
      const { stdout, code } = await review();
      const [titles, second, first] = stdout.split('\n');
      expect(titles).toMatch(
        /^RUN +WHAT +STARTED +TOOK +PAGES +NEW +CHANGED +DELETED +UNDONE +STATE +VERDICT +ACTOR +FLAGS$/,
      );
      expect(first).toMatch(
        /^ *\d+ +events, sample-events +\d{4}-.* 29 +25 +0 +0 +0 +finished +- +scraper@vibemap\.com$/,
      );
      expect(second).toMatch(/ 29 +0 +0 +0 +0 +finished +- /);
      expect(stdout).toMatch(/\n\nWhat a run changed: npm run review -- \d+\n$/);
      expect(code).toBe(0);
    });

    test('pages through the runs', async () => {
      const page = JSON.parse((await review('--limit=1', '--json')).stdout);
      expect(page.runs).toHaveLength(1);
      const rest = JSON.parse((await review(`--before=${page.next}`, '--json')).stdout);
      expect(rest.runs.map(({ id }: { id: string }) => id)).toEqual([firstRun]);
      expect(rest.next).toBeNull();
      const { stdout } = await review('--runs', '--spider=-places', '--limit=1');
      const [, args] = /^Older runs: npm run review -- (.*)$/m.exec(stdout) ?? [];
      expect(args).toBe(`--runs --spider=-places --limit=1 --before=${page.next}`);
    });

    test.each([
      [['--runs', '--source=sample-events'], 2],
      [['--spider=places'], 0],
      [['--kind=crawl', '--verdict=none', '--since=1d'], 2],
      [['--flagged', '--verdict=none'], 0],
    ])('filters runs by %j', async (args, count) => {
      const { waiting, runs } = JSON.parse((await review(...args, '--json')).stdout);
      expect([waiting.length, runs.length]).toEqual([0, count]);
    });

    test('exports runs and changes, the changes field by field, in lines that end as RFC 4180 says', async () => {
      const [runs, changes, lines] = await Promise.all([
        review('--format=csv'),
        review('--model=event', '--field=name', '--format=csv'),
        review(`--run=${firstRun}`, '--format=jsonl'),
      ]);
      expect(runs.stdout).toMatch(
        /^id,kind,spider,source,actor_email,state,started_at,.*,verdict,flags,title\r\n/,
      );
      expect(runs.stdout.match(/\r\n/g)).toHaveLength(3);
      const [titles, ...rows] = changes.stdout.split('\r\n');
      expect(titles).toBe(
        'id,at,run,spider,actor_email,model,record_id,record_label,action,field,was,now,source_url,verdict',
      );
      expect(rows.filter((row) => row.includes(',create,name,,Fog Film Night,'))).toHaveLength(1);
      const values = lines.stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(values).toHaveLength(25);
      expect(values[0]).toMatchObject({ runId: firstRun, spider: 'events', verdict: null, action: 'create' });
    });

    test('stops an export when its reader has seen enough', async () => {
      const cli = startCli(['review', `--run=${firstRun}`, '--format=csv'], environment);
      cli.process.stdout?.destroy();
      expect(await cli.ended).toMatchObject({ code: 0, stderr: '' });
    });

    test('shows a run field by field, with the commonest new value, its share and samples', async () => {
      const { stdout, code } = await review(firstRun);
      expect(stdout).toMatch(new RegExp(`^Run ${firstRun} {2}events, sample-events {2}finished`));
      expect(stdout).toMatch(/^FIELD +CHANGES +COMMONEST NEW VALUE +SHARE$/m);
      expect(stdout).toMatch(/^Event\.timeZone +18 +America\/New_York +100 %$/m);
      expect(stdout).toMatch(/^Event\.name +18 +Story Time for Small Sailors +17 %$/m);
      expect(stdout).toMatch(/^ {2}#\d+ (\S.*\S) +\(empty\) → \1 +http:\/\/sample\.hotspots\.example\//m);
      expect(stdout).toMatch(new RegExp(`^Undo: {3}npm run undo -- --run=${firstRun} --reason="…"$`, 'm'));
      expect(code).toBe(0);
      const json = JSON.parse((await review(firstRun, '--json')).stdout);
      expect(json.run).toMatchObject({ id: firstRun, created: 25 });
      expect(json.fields[0]).toMatchObject({ model: 'Event', samples: expect.any(Array) });
    });

    test('answers an unknown run with code 2', async () => {
      const result = await review('999999');
      expect(result.stderr).toMatch(/^There is no run 999999\./);
      expect(result.code).toBe(2);
    });

    test('shows changes by actor, time, model and field: who, when, old, new, from which page', async () => {
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

    test('pages through the changes with the command it prints', async () => {
      const first = await review('--field=name', '--model=Event', '--limit=10');
      const [, args] = /^Older: npm run review -- (.*)$/m.exec(first.stdout) ?? [];
      const second = await review(...(args ?? '').split(' '));
      const names = (text: string) => text.match(/^create Event \d+/gm) ?? [];
      expect(new Set([...names(first.stdout), ...names(second.stdout)]).size).toBe(18);
      expect(second.stdout).not.toContain('Older:');
    });

    test('gives changes as JSON with old and new values', async () => {
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

    test('prints what a hostile page said as harmless text', async () => {
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

    test('exports no cell that a spreadsheet would run', async () => {
      await database.sequelize.query(
        `INSERT INTO log_entries (action, actor_email, model, object_id, object_label, changes)
         VALUES (1, 'scraper@vibemap.com', 'Place', '77', '@SUM(A1)', $1)`,
        { bind: [JSON.stringify({ name: ['+1', '=HYPERLINK("http://a.example")'], url: ['-2', '\tx'] })] },
      );
      const { stdout } = await review('--object=77', '--model=Place', '--format=csv');
      expect(stdout).toContain(`,'@SUM(A1),update,name,'+1,"'=HYPERLINK(""http://a.example"")",`);
      expect(stdout).toContain(`,'@SUM(A1),update,url,'-2,'\tx,`);
    });

    test('shows nothing for another actor, and helps with a misspelt name', async () => {
      expect((await review('--actor=nobody@example.org')).stdout).toBe('No change matches.\n');
      expect((await review('--field=startdat')).stdout).toBe(
        'No change matches. No field is called startdat; did you mean startDate?\n',
      );
    });
  });
});
