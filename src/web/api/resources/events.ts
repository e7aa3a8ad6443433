import { z } from 'zod';
import { attendanceModes, Event, eventStatuses } from '../../../records/event.ts';
import {
  currencyCode,
  moment,
  price,
  text,
  timeZone,
  title,
  webAddress,
} from '../../../records/field-schemas.ts';
import { eventFilterSchema, eventWhere } from '../../../records/filters.ts';
import { cancelEvent } from '../../../records/operations/events.ts';
import { referenceTo, resource } from '../resource.ts';

export const events = resource({
  path: 'events',
  label: 'event',
  model: Event,
  required: ['name', 'startDate', 'timeZone'],
  fields: {
    name: title(500),
    description: text(100_000).nullable(),
    url: webAddress.nullable(),
    image: webAddress.nullable(),
    sameAs: z.array(webAddress).max(1000),
    identifier: text(600).nullable(),
    placeId: referenceTo('places').nullable(),
    startDate: moment,
    endDate: moment.nullable(),
    timeZone,
    allDay: z.boolean(),
    timeKnown: z.boolean(),
    status: z.enum(eventStatuses),
    attendanceMode: z.enum(attendanceModes).nullable(),
    organizer: text(500).nullable(),
    performers: z.array(text(500)).max(1000),
    isAccessibleForFree: z.boolean().nullable(),
    lowPrice: price.nullable(),
    highPrice: price.nullable(),
    priceCurrency: currencyCode.nullable(),
    series: text(600).nullable(),
  },
  readOnly: { isPast: z.boolean() },
  filter: eventFilterSchema,
  where: eventWhere,
  orders: ['startDate', '-startDate', 'id', '-id', 'name', '-name', 'updatedAt', '-updatedAt'],
  access: { read: 'public', write: 'editor', remove: 'admin' },
  check: (record) => {
    const [start, end] = [record.get('startDate'), record.get('endDate')];
    const [low, high] = [record.get('lowPrice'), record.get('highPrice')];
    return {
      ...(start instanceof Date &&
        end instanceof Date &&
        end < start && { endDate: 'The end is before the start.' }),
      ...(low !== null &&
        high !== null &&
        Number(high) < Number(low) && {
          highPrice: 'The highest price is below the lowest.',
        }),
      ...(record.get('allDay') === true &&
        record.get('timeKnown') === true && {
          timeKnown: 'What lasts all day has no time of day: set one of the two to false.',
        }),
    };
  },
  actions: [
    {
      name: 'cancel',
      summary: 'Marks an event as cancelled',
      access: 'editor',
      body: z.strictObject({ reason: text(1000).optional() }),
      run: (id, body, { transaction }) => {
        const { reason } = z.object({ reason: z.string().optional() }).parse(body);
        return cancelEvent(id, { transaction, ...(reason !== undefined && { reason }) });
      },
    },
  ],
});
