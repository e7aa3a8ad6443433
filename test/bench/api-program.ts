import { once } from 'node:events';
import { Model, type ModelStatic, type Sequelize } from 'sequelize';
import { openDatabase } from '../../src/database/open-database.ts';
import { bindModels, defineModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { places } from '../../src/web/api/resources/places.ts';
import { buildServer } from '../../src/web/build-server.ts';

/**
 * Serves DATABASE_URL until it gets SIGTERM, and says the port on stdout. With the argument `plain` the places of
 * the API are those of an unaudited table, and nothing of the audit layer is put between Sequelize and the database.
 */
const isPlain = process.argv[2] === 'plain';
await using database = await openDatabase({ migrate: false });
if (isPlain) defineModels(database.sequelize);
else await bindModels(database);
const app = await buildServer(database, {
  apiSettings: {
    requestsPerMinute: 1_000_000,
    resources: [isPlain ? { ...places, model: definePlainPlace(database.sequelize) } : places],
  },
});
const address = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${address}\n`);
await once(process, 'SIGTERM');
await app.close();

/** The attributes of `Place`, bound to the table plain_places, and not registered with the audit log. */
function definePlainPlace(sequelize: Sequelize): ModelStatic<Model> {
  const PlainPlace = class extends Model {};
  const attributes = Object.entries(Place.getAttributes()).map(
    ([name, { type, allowNull = true, defaultValue, primaryKey = false, autoIncrement = false }]) =>
      [name, { type, allowNull, defaultValue, primaryKey, autoIncrement }] as const,
  );
  PlainPlace.init(Object.fromEntries(attributes), {
    sequelize,
    modelName: 'PlainPlace',
    tableName: 'plain_places',
    underscored: true,
  });
  return PlainPlace;
}
