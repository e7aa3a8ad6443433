import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { asAna } from '../helpers/as-ana.ts';
import { runCli } from '../helpers/run-cli.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();
afterAll(() => database.close());

const history = (...args: string[]) => runCli(['history', ...args], { DATABASE_URL: database.url });

describe('hotspots history', () => {
  let id: string;
  let between: string;

  beforeAll(async () => {
    await bindModels(database);
    const place = await asAna(() => Place.create({ name: 'Town Hall' }));
    id = place.id;
    await asAna(() => place.update({ name: 'Old Town Hall' }));
    // By the clock of the log, which is the database's, and two of the milliseconds that --as-of counts later.
    const [rows] = await database.sequelize.query(
      "SELECT to_json(clock_timestamp() AT TIME ZONE 'UTC') #>> '{}' AS now FROM pg_sleep(0.002)",
    );
    between = `${Object.values(Object(rows[0]))[0]}Z`;
    await asAna(() => place.update({ name: '\u001b[31mHotel' }));
    await asAna(() => place.destroy());
  });

  test('lists the changes of a record, the newest first, also of one that is gone', async () => {
    const { stdout, code } = await history('place', id);
    const [title, gone, ...lines] = stdout.trimEnd().split('\n');
    expect(title).toBe(`Place ${id}  \\u{1b}[31mHotel`);
    expect(gone).toMatch(/^ {2}Deleted by ana@example\.org on .+ UTC \(change \d+\)\.$/);
    expect(lines.map((line) => /ana@example\.org {2}(\w+)/.exec(line)?.[1])).toEqual([
      'delete',
      'update',
      'update',
      'create',
    ]);
    expect(stdout).toMatch(/Old Town Hall.*\\u\{1b\}\[31mHotel/);
    expect(code).toBe(0);
  });

  test('continues with the command that it prints', async () => {
    const first = await history('Place', id, '--limit=3');
    const [, args] = /^Older: npm run history -- (.*)$/m.exec(first.stdout) ?? [];
    const second = await history(...(args ?? '').split(' '));
    expect(second.stdout).toMatch(/ {2}create /);
    expect(second.stdout).not.toContain('Older:');
    expect((await history('Place', id, '--before=1')).stdout).toBe('There are no older changes.\n');
  });

  test('shows what a record was at a time', async () => {
    const { stdout } = await history('Place', id, `--as-of=${between}`);
    expect(stdout).toMatch(/^name +Old Town Hall$/m);
    expect(JSON.parse((await history('Place', id, `--as-of=${between}`, '--json')).stdout)).toMatchObject({
      values: { name: 'Old Town Hall' },
    });
    expect((await history('Place', id, '--as-of=2001-01-01')).stdout).toBe('It did not exist then.\n');
  });

  test('gives entries as JSON', async () => {
    const { entries, next } = JSON.parse((await history('Place', id, '--limit=1', '--json')).stdout);
    expect(entries).toMatchObject([{ action: 'delete', objectId: id, actorEmail: 'ana@example.org' }]);
    expect(next).toBe(entries[0].id);
  });

  test('says so when the log knows no such record', async () => {
    expect((await history('Place', '99')).stdout).toBe('The log has no Place with the id 99.\n');
    expect((await history('Plaice', '1')).stdout).toMatch(
      /^The log has no Plaice with the id 1\. There are records of .*Place/,
    );
  });
});
