import { expect, test } from 'vitest';
import { pendingMigrations } from '../../src/database/migrate.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

test('a test database has every migration applied, and does not see the rows of another one', async () => {
  await using first = await createTestDatabase();
  await using second = await createTestDatabase();
  expect(await pendingMigrations(first.sequelize)).toEqual([]);

  await first.sequelize.query('CREATE TABLE marks (mark text)');
  const [tables] = await second.sequelize.query("SELECT 1 FROM pg_tables WHERE tablename = 'marks'");
  expect(tables).toEqual([]);
});
