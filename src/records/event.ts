import {
  type CreationOptional,
  DataTypes,
  type ForeignKey,
  type InferAttributes,
  type InferCreationAttributes,
  Model,
  type Sequelize,
} from 'sequelize';
import { identityAttribute, thingAttributes } from './attributes.ts';
import { Place } from './place.ts';

export const eventStatuses = [
  'EventScheduled',
  'EventCancelled',
  'EventPostponed',
  'EventRescheduled',
  'EventMovedOnline',
] as const;
export type EventStatus = (typeof eventStatuses)[number];

export const attendanceModes = [
  'OfflineEventAttendanceMode',
  'OnlineEventAttendanceMode',
  'MixedEventAttendanceMode',
] as const;
export type AttendanceMode = (typeof attendanceModes)[number];

/** One event, or one instance of a recurring one, in schema.org's words. */
export class Event extends Model<InferAttributes<Event>, InferCreationAttributes<Event>> {
  declare id: CreationOptional<string>;
  declare name: string;
  declare description: CreationOptional<string | null>;
  declare url: CreationOptional<string | null>;
  declare image: CreationOptional<string | null>;
  declare sameAs: CreationOptional<string[]>;
  declare identifier: CreationOptional<string | null>;
  declare placeId: CreationOptional<ForeignKey<Place['id']> | null>;
  /** An instant; local midnight in `timeZone` when the source gave a day without a time. */
  declare startDate: Date;
  /** As `startDate`. For an event without times it is the last day, inclusive, as in schema.org. */
  declare endDate: CreationOptional<Date | null>;
  /** IANA zone in which the event's local times are meant. */
  declare timeZone: string;
  /** The event lasts whole days. */
  declare allDay: CreationOptional<boolean>;
  /** Whether the source gave a time of day. Unknown, midnight and all day are three different things. */
  declare timeKnown: CreationOptional<boolean>;
  declare status: CreationOptional<EventStatus>;
  declare attendanceMode: CreationOptional<AttendanceMode | null>;
  declare organizer: CreationOptional<string | null>;
  declare performers: CreationOptional<string[]>;
  declare isAccessibleForFree: CreationOptional<boolean | null>;
  /** Decimal with two places, as text, in `priceCurrency`. */
  declare lowPrice: CreationOptional<string | null>;
  declare highPrice: CreationOptional<string | null>;
  /** ISO 4217. */
  declare priceCurrency: CreationOptional<string | null>;
  /** What the instances of a recurring event have in common: its UID or its series' name. */
  declare series: CreationOptional<string | null>;
  /** The event is over. Set and taken back by `markPastEvents`, not by sources. */
  declare isPast: CreationOptional<boolean>;
  declare createdAt: CreationOptional<Date>;
  declare updatedAt: CreationOptional<Date>;
}

export function defineEvent(sequelize: Sequelize): void {
  Event.init(
    {
      id: identityAttribute(),
      ...thingAttributes(),
      placeId: DataTypes.BIGINT,
      startDate: { type: DataTypes.DATE, allowNull: false },
      endDate: DataTypes.DATE,
      timeZone: { type: DataTypes.TEXT, allowNull: false },
      allDay: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      timeKnown: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: true },
      status: { type: DataTypes.TEXT, allowNull: false, defaultValue: 'EventScheduled' },
      attendanceMode: DataTypes.TEXT,
      organizer: DataTypes.TEXT,
      performers: { type: DataTypes.ARRAY(DataTypes.TEXT), allowNull: false, defaultValue: [] },
      isAccessibleForFree: DataTypes.BOOLEAN,
      lowPrice: DataTypes.DECIMAL(12, 2),
      highPrice: DataTypes.DECIMAL(12, 2),
      priceCurrency: DataTypes.TEXT,
      series: DataTypes.TEXT,
      isPast: { type: DataTypes.BOOLEAN, allowNull: false, defaultValue: false },
      createdAt: DataTypes.DATE,
      updatedAt: DataTypes.DATE,
    },
    { sequelize, modelName: 'Event', tableName: 'events', underscored: true },
  );
  Event.belongsTo(Place, { as: 'place', foreignKey: 'placeId' });
  Place.hasMany(Event, { as: 'events', foreignKey: 'placeId' });
}
