import { z } from 'zod';
import { attendanceModes, Event, eventStatuses } from '../../../../records/event.ts';
import { currencyCode, timeZone, webAddress } from '../../../../records/field-schemas.ts';
import { adminModel } from '../admin-model.ts';

const price = z.string().refine((text) => Number(text) >= 0, 'A price is not below 0.');

export const event = adminModel({
  model: Event,
  path: 'events',
  label: 'Events',
  singular: 'event',
  editor: 'editor',
  sourceKey: 'eventId',
  list: ['name', 'startDate', 'placeId', 'status', 'organizer', 'updatedAt'],
  orders: ['-startDate', 'startDate', 'name', '-name', '-updatedAt', '-id', 'id'],
  search: ['name', 'organizer', 'identifier', 'series'],
  filters: ['placeId', 'status', 'attendanceMode', 'allDay', 'isAccessibleForFree', 'series'],
  groups: [
    {
      title: 'What it is',
      fields: ['name', 'description', 'url', 'image', 'sameAs', 'identifier', 'series'],
    },
    { title: 'When it is', fields: ['timeZone', 'startDate', 'endDate', 'allDay', 'timeKnown', 'status'] },
    { title: 'Where and with whom', fields: ['placeId', 'attendanceMode', 'organizer', 'performers'] },
    { title: 'What it costs', fields: ['isAccessibleForFree', 'lowPrice', 'highPrice', 'priceCurrency'] },
  ],
  fields: {
    description: { isLong: true },
    identifier: { maxLength: 600 },
    series: { maxLength: 600 },
    url: { schema: webAddress },
    image: { schema: webAddress },
    sameAs: { schema: webAddress },
    timeZone: {
      schema: timeZone,
      help: 'An IANA name, as America/Chicago. The times below are meant in it.',
    },
    endDate: { help: 'Of an event that lasts whole days: its last day.' },
    status: { choices: eventStatuses },
    attendanceMode: { choices: attendanceModes },
    lowPrice: { schema: price },
    highPrice: { schema: price },
    priceCurrency: { schema: currencyCode, help: 'Three capital letters, as USD or EUR.' },
  },
  checks: [
    {
      field: 'endDate',
      holds: ({ startDate, endDate }) => (endDate ?? null) === null || Number(endDate) >= Number(startDate),
      message: 'The end is before the start.',
    },
    {
      field: 'highPrice',
      holds: ({ lowPrice, highPrice }) =>
        (highPrice ?? null) === null || Number(highPrice) >= Number(lowPrice ?? 0),
      message: 'The highest price is below the lowest.',
    },
    {
      field: 'timeKnown',
      holds: ({ allDay, timeKnown }) => !(allDay && timeKnown),
      message: 'What lasts all day has no time of day: set one of the two to no.',
    },
  ],
});
