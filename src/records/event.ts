import { Model } from 'sequelize';
import { attendanceModes, eventStatuses } from '../normalise/event-status.ts';
import type { NewRecord, RecordAttributes } from './field.ts';
import {
  choice,
  currency,
  decimal,
  flag,
  list,
  longText,
  moment,
  reference,
  text,
  timeZone,
  webAddress,
} from './fields.ts';
import { recordKind } from './kind.ts';

const what = 'What it is';
const when = 'When it is';
const where = 'Where and with whom';
const costs = 'What it costs';

const fields = {
  name: text({
    max: 500,
    isNeeded: true,
    from: { properties: ['name'], by: 'eventName' },
    group: what,
    description: 'What the event is called, as its source writes it',
  }),
  description: longText({
    max: 100_000,
    from: 'description',
    group: what,
    description: 'Plain text; lines stay lines',
  }),
  url: webAddress({
    from: { properties: ['url'], by: 'eventAddress' },
    group: what,
    description: 'The page of the event',
  }),
  image: webAddress({ from: 'image', group: what, description: 'Address of a picture' }),
  sameAs: list({
    format: 'webAddress',
    from: 'sameAs',
    group: what,
    description: 'Pages elsewhere that are about the same event',
  }),
  identifier: text({ max: 600, from: 'identifier', group: what, description: 'What its source calls it' }),
  placeId: reference('places', {
    exportedAs: 'location',
    inverse: 'events',
    isBookkeeping: true,
    group: where,
    description: 'The place where it is',
  }),
  startDate: moment({
    isNeeded: true,
    group: when,
    description: 'When it begins; the first moment of the day in its zone, where only the day is known',
  }),
  endDate: moment({
    group: when,
    help: 'Of an event that lasts whole days: its last day.',
    description: 'When it ends; of an event without times of day the first moment of its last day',
  }),
  timeZone: timeZone({
    isNeeded: true,
    group: when,
    before: 'startDate',
    help: 'An IANA name, as America/Chicago. The times below are meant in it.',
    description: 'IANA zone in which its local times are meant',
  }),
  allDay: flag({ group: when, description: 'It lasts whole days' }),
  timeKnown: flag({
    defaultValue: true,
    group: when,
    description: 'Whether its time of day is known; if not, that of startDate means nothing',
  }),
  status: choice(eventStatuses, {
    defaultValue: 'EventScheduled',
    from: { properties: ['eventStatus'], by: 'eventStatus', orFrom: ['name'] },
    group: when,
    description: 'schema.org EventStatusType',
  }),
  attendanceMode: choice(attendanceModes, {
    from: { properties: ['eventAttendanceMode'], by: 'attendanceMode', orFrom: ['location'] },
    group: where,
    description: 'schema.org EventAttendanceModeEnumeration; not known is not the same as offline',
  }),
  organizer: text({ max: 500, from: 'organizer', group: where, description: 'Who organises it' }),
  performers: list({ from: 'performer', group: where, description: 'Who performs, speaks or plays' }),
  isAccessibleForFree: flag({
    isNullable: true,
    group: costs,
    description: 'Whether it costs nothing; null when that is not known',
  }),
  lowPrice: decimal({ group: costs, description: 'The lowest price in priceCurrency, two decimal places' }),
  highPrice: decimal({ group: costs, description: 'The highest price in priceCurrency, two decimal places' }),
  priceCurrency: currency({
    group: costs,
    help: 'Three capital letters, as USD or EUR.',
    description: 'ISO 4217',
  }),
  series: text({
    max: 600,
    from: { properties: ['superEvent', 'identifier'], by: 'series' },
    group: what,
    description: 'What the instances of a recurring event have in common: its UID or the name of its series',
  }),
  isPast: flag({
    isReadOnly: true,
    isBookkeeping: true,
    description: 'It is over; set and taken back by the program, not by sources',
  }),
};

const times = ['startDate', 'endDate', 'timeZone', 'allDay', 'timeKnown'] as const;
const prices = ['lowPrice', 'highPrice', 'priceCurrency'] as const;

/** One event, or one instance of a recurring one, in schema.org's words. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: Sequelize makes an accessor of each attribute that is defined.
export class Event extends Model<RecordAttributes<typeof fields>, NewRecord<typeof fields>> {}
export interface Event extends RecordAttributes<typeof fields> {}

export const eventDefinition = recordKind(Event, {
  table: 'events',
  itemKind: 'event',
  fields,
  groups: [what, when, where, costs],
  together: [times, prices],
  joint: [
    { fields: times, properties: ['startDate', 'endDate'], by: 'eventTime' },
    {
      fields: [...prices, 'isAccessibleForFree'],
      properties: ['offers', 'isAccessibleForFree'],
      by: 'offers',
    },
  ],
  rules: [
    {
      field: 'endDate',
      holds: ({ startDate, endDate = null }) => endDate === null || Number(endDate) >= Number(startDate),
      message: 'The end is before the start.',
    },
    {
      field: 'highPrice',
      holds: ({ lowPrice = null, highPrice = null }) =>
        highPrice === null || Number(highPrice) >= Number(lowPrice ?? 0),
      message: 'The highest price is below the lowest.',
    },
    {
      field: 'timeKnown',
      holds: ({ allDay = false, timeKnown = true }) => !(allDay && timeKnown),
      message: 'What lasts all day has no time of day: only one of the two can be true.',
    },
  ],
});
