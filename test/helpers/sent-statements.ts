import type { Sequelize } from 'sequelize';

/** The statements that are sent to the database while `fn` runs, without Sequelize's "Executing (…): ". */
export async function sentStatements(sequelize: Sequelize, fn: () => Promise<unknown>): Promise<string[]> {
  const options: unknown = Reflect.get(sequelize, 'options');
  if (typeof options !== 'object' || options === null) throw new TypeError('A Sequelize has options.');
  const statements: string[] = [];
  const logging: unknown = Reflect.get(options, 'logging');
  Reflect.set(options, 'logging', (sql: string) =>
    statements.push(sql.replace(/^Executing \([^)]*\): /, '')),
  );
  try {
    await fn();
  } finally {
    Reflect.set(options, 'logging', logging);
  }
  return statements;
}
