import { readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { expect, test } from 'vitest';
import { withScraperActor } from '../../../src/audit/actors.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { installTriggers } from '../../../src/audit/triggers/install.ts';
import { migrate } from '../../../src/database/migrate.ts';
import { connectSequelize } from '../../../src/database/open-database.ts';
import { defineModels } from '../../../src/models.ts';
import { Place } from '../../../src/records/place.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';

const readme = path.resolve(import.meta.dirname, '../../../src/audit/triggers/README.md');

test('the grants in the README let the program work, and keep it from the log and the triggers', async () => {
  await using database = await createTestDatabase({ poolSize: 1 });
  const role = `hotspots_app_${process.pid}`;
  const grants = /```sql\n(?<sql>.*?)```/s.exec(await readFile(readme, 'utf8'))?.groups?.sql ?? '';
  const url = new URL(database.url);
  url.username = role;
  url.password = 'choose one';
  const app = connectSequelize(url.href, 2);
  try {
    defineModels(app);
    const { sequelize } = database;
    await installTriggers(sequelize, auditlog.registrations());
    await asOwner(database.url, grants.replaceAll('hotspots_app', role));

    expect(await migrate(app)).toEqual([]);
    expect(await installTriggers(app, auditlog.registrations())).toEqual([]);
    await withScraperActor(async () => {
      const place = await Place.create({ name: 'Harbour' });
      await place.update({ url: 'https://town.example/' });
      await Place.update({ name: 'Old harbour' }, { where: { id: place.id } });
      await app.query('UPDATE places SET is_closed = true');
      await place.destroy();
      for (const sql of [
        'UPDATE log_entries SET model = model',
        'DELETE FROM log_entries',
        'TRUNCATE log_entries',
        'TRUNCATE places',
        'ALTER TABLE log_entries DISABLE TRIGGER ALL',
        'ALTER TABLE places DISABLE TRIGGER ALL',
        'DROP TRIGGER hotspots_audit_update ON places',
        'CREATE OR REPLACE FUNCTION hotspots_audit_places() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN END $$',
        'SET session_replication_role = replica',
        'SELECT hotspots_audit_places()',
      ]) {
        await expect(app.query(sql), sql).rejects.toThrow(/permission denied|must be owner/);
      }
    });
    const { rows } = await asOwner(
      database.url,
      `SELECT action FROM log_entries WHERE model = 'Place' ORDER BY id`,
    );
    expect(rows.map(({ action }) => action)).toEqual([0, 1, 1, 1, 2]);
  } finally {
    await app.close();
    await asOwner(database.url, `DROP OWNED BY ${role}; DROP ROLE IF EXISTS ${role}`);
  }
});

async function asOwner(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}
