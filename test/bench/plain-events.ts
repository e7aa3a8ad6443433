import {
  type CreationOptional,
  DataTypes,
  type InferAttributes,
  type InferCreationAttributes,
  type Model,
  type ModelStatic,
  type Sequelize,
} from 'sequelize';
import type { Thing } from '../../src/extract/item.ts';

/** The events table as plain ORM code sees it: a copy of its columns, not registered with the audit log. */
interface PlainEvent extends Model<InferAttributes<PlainEvent>, InferCreationAttributes<PlainEvent>> {
  id: CreationOptional<string>;
  name: string;
  description: string;
  url: string;
  startDate: Date;
  endDate: Date;
  timeZone: string;
  status: string;
  organizer: string;
  lowPrice: string;
  highPrice: string;
  priceCurrency: string;
}

/** A log with the columns and indexes of the audit log, written by hand. */
interface PlainLogEntry
  extends Model<InferAttributes<PlainLogEntry>, InferCreationAttributes<PlainLogEntry>> {
  id: CreationOptional<string>;
  action: number;
  model: string;
  objectId: string;
  objectLabel: string;
  changes: Record<string, [null, string]>;
  actorEmail: string;
  sourceUrl: string;
}

export interface PlainEvents {
  readonly PlainEvent: ModelStatic<PlainEvent>;
  readonly PlainLogEntry: ModelStatic<PlainLogEntry>;
}

/** Makes both tables, and binds their models. */
export async function definePlainEvents(sequelize: Sequelize): Promise<PlainEvents> {
  await sequelize.query(`
    CREATE TABLE plain_events (LIKE events INCLUDING ALL);
    CREATE INDEX ON plain_events (url);
    CREATE TABLE plain_log (LIKE log_entries INCLUDING ALL)`);
  const id = () => ({ type: DataTypes.BIGINT, primaryKey: true, autoIncrement: true });
  const PlainEvent = sequelize.define<PlainEvent>(
    'PlainEvent',
    {
      id: id(),
      name: DataTypes.TEXT,
      description: DataTypes.TEXT,
      url: DataTypes.TEXT,
      startDate: DataTypes.DATE,
      endDate: DataTypes.DATE,
      timeZone: DataTypes.TEXT,
      status: DataTypes.TEXT,
      organizer: DataTypes.TEXT,
      lowPrice: DataTypes.DECIMAL(12, 2),
      highPrice: DataTypes.DECIMAL(12, 2),
      priceCurrency: DataTypes.TEXT,
    },
    { tableName: 'plain_events', underscored: true },
  );
  const PlainLogEntry = sequelize.define<PlainLogEntry>(
    'PlainLogEntry',
    {
      id: id(),
      action: DataTypes.INTEGER,
      model: DataTypes.TEXT,
      objectId: DataTypes.TEXT,
      objectLabel: DataTypes.TEXT,
      changes: DataTypes.JSONB,
      actorEmail: DataTypes.TEXT,
      sourceUrl: DataTypes.TEXT,
    },
    { tableName: 'plain_log', underscored: true, timestamps: false },
  );
  return { PlainEvent, PlainLogEntry };
}

/** Upserts one event and writes what changed to the log, in a transaction. Says what it met. */
export async function writeOneByOne(
  sequelize: Sequelize,
  { PlainEvent, PlainLogEntry }: PlainEvents,
  thing: Thing,
): Promise<'created' | 'found'> {
  return await sequelize.transaction(async (transaction) => {
    const values = {
      name: String(thing.name),
      description: String(thing.description),
      url: String(thing.url),
      startDate: new Date(String(thing.startDate)),
      endDate: new Date(String(thing.endDate)),
      timeZone: 'America/Chicago',
      status: 'EventScheduled',
      organizer: 'The Band',
      lowPrice: '15.00',
      highPrice: '15.00',
      priceCurrency: 'USD',
    };
    const known = await PlainEvent.findOne({ where: { url: values.url }, transaction });
    const event = known ?? PlainEvent.build(values);
    event.set(values);
    const changed = event.changed();
    if (changed !== false) {
      await event.save({ transaction });
      const entry = {
        action: known === null ? 0 : 1,
        model: 'Event',
        objectId: event.id,
        objectLabel: event.name,
        changes: Object.fromEntries(
          changed.map((field): [string, [null, string]] => [field, [null, String(event.get(field))]]),
        ),
        actorEmail: 'scraper@vibemap.com',
        sourceUrl: values.url,
      };
      await PlainLogEntry.create(entry, { transaction });
    }
    return known === null ? 'created' : 'found';
  });
}
