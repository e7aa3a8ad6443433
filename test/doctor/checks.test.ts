import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CheckContext, Finding } from '../../src/doctor/check.ts';
import { runChecks } from '../../src/doctor/check.ts';
import { checks } from '../../src/doctor/checks.ts';
import { unwellCases } from './helpers/unwell-cases.ts';
import { openWellDatabase, type WellDatabase } from './helpers/well-database.ts';

let database: WellDatabase;

beforeAll(async () => {
  database = await openWellDatabase();
});
afterAll(() => database[Symbol.asyncDispose]());

async function findingsOf(name: string, different: Partial<CheckContext> = {}): Promise<readonly Finding[]> {
  const results = await runChecks(
    checks.filter((check) => check.name === name),
    { ...database.context, ...different },
  );
  return results.flatMap(({ findings }) => findings);
}
const levelsOf = async (name: string) => [...new Set((await findingsOf(name)).map(({ level }) => level))];

describe('the check of', () => {
  test.each(checks.map(({ name }) => name))('%s is content where all is well', async (name) => {
    expect(await levelsOf(name)).toEqual(['ok']);
  });

  test.each(unwellCases)('$check finds $what, and is content once it is fixed', async (unwell) => {
    const { check, finds } = unwell;
    await unwell.spoil?.(database);
    const found = await findingsOf(check, await unwell.context?.(database));
    await unwell.repair?.(database);
    expect(found.filter(({ level }) => level !== 'ok')).toEqual([
      {
        level: finds.level,
        message: expect.stringMatching(finds.message),
        mend: expect.stringMatching(finds.mend),
      },
    ]);
    expect(await levelsOf(check)).toEqual(['ok']);
  });

  test('each thing is seen to find something', () => {
    expect(new Set(unwellCases.map(({ check }) => check))).toEqual(new Set(checks.map(({ name }) => name)));
  });

  test('each thing only reads', async () => {
    const results = await runChecks(checks, { ...database.context, sequelize: database.readOnly });
    const unwell = results.flatMap(({ findings }) => findings).filter(({ level }) => level !== 'ok');
    expect(unwell.map(({ message }) => message)).toEqual([expect.stringMatching(/read-only/)]);
  });
});
