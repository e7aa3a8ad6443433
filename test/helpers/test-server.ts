import pg from 'pg';

/** Runs one statement on the server that `url` names, on a connection of its own. */
export async function runStatement<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The same server, another database. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Drops the databases on the server whose name is chosen, also those in use. */
export async function dropDatabases(serverUrl: string, isChosen: (name: string) => boolean): Promise<void> {
  const rows = await runStatement<{ name: string }>(serverUrl, 'SELECT datname AS name FROM pg_database');
  for (const { name } of rows.filter((row) => isChosen(row.name))) {
    await runStatement(serverUrl, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
  }
}
