import type { Database } from '../../database/open-database.ts';
import { openDatabase } from '../../database/open-database.ts';
import { bindModels } from '../../models.ts';

/** Opens the database with its models for the length of `use`, and closes it however that ends. */
export async function withDatabase<T>(use: (database: Database) => Promise<T>): Promise<T> {
  await using database = await openDatabase();
  await bindModels(database);
  return await use(database);
}
