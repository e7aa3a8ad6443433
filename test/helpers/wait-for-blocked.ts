import type { Sequelize } from 'sequelize';

/** Waits, at most 20 seconds, until a statement in this database server waits for a lock of another. */
export async function waitForBlocked(sequelize: Sequelize): Promise<void> {
  await sequelize.query(
    `DO $$ BEGIN
       FOR i IN 1..2000 LOOP
         PERFORM pg_stat_clear_snapshot();
         EXIT WHEN EXISTS (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)
           WHERE NOT granted AND datname = current_database());
         PERFORM pg_sleep(0.01);
       END LOOP;
     END $$`,
  );
}
