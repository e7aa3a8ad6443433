import type { Sequelize } from 'sequelize';
import type { Pipeline } from '../../../src/crawl/pipeline.ts';

/** What the crawl of the tests writes into: one row per item. */
export async function createItemTable(sequelize: Sequelize): Promise<void> {
  await sequelize.query(
    'CREATE TABLE IF NOT EXISTS written_items (id bigserial PRIMARY KEY, run_id bigint, batch xid8, name text, url text)',
  );
}

/**
 * A pipeline that inserts every item as it comes. An item whose name begins with "poison" breaks the whole
 * batch in the database; one that begins with "bad" is rejected.
 */
export function tablePipeline(sequelize: Sequelize): Pipeline {
  return {
    itemKind: 'event',
    async write(items, { transaction, runId, source }) {
      const names = items.map(({ item }) => String(item.thing.name));
      const rejected = names.filter((name) => name.startsWith('bad'));
      for (const name of rejected) {
        const reasons = [{ code: 'bad', field: 'name', message: 'The name begins with "bad".' }];
        await sequelize.query(
          `INSERT INTO rejected_items (run_id, kind, source_name, url, reasons, raw) VALUES ($1, 'event', $2, $3, $4, '{}')`,
          { bind: [runId, source.name, name, JSON.stringify(reasons)], transaction },
        );
      }
      await sequelize.query(
        `INSERT INTO written_items (run_id, batch, name, url)
         SELECT $1, pg_current_xact_id(), name, url FROM unnest($2::text[], $3::text[]) AS item (name, url)
         WHERE name NOT LIKE 'bad%' AND CASE WHEN name LIKE 'poison%' THEN 1 / (length(name) - length(name)) = 0 ELSE true END`,
        { bind: [runId, names, items.map(({ pageUrl }) => pageUrl)], transaction },
      );
      return {
        created: names.length - rejected.length,
        updated: 0,
        unchanged: 0,
        rejected: rejected.length,
        held: 0,
        suggested: 0,
      };
    },
  };
}
