import { eventDefinition } from '../../../../records/index.ts';
import { adminModel } from '../admin-model.ts';

export const event = adminModel({
  kind: eventDefinition,
  path: 'events',
  label: 'Events',
  singular: 'event',
  editor: 'editor',
  list: ['name', 'startDate', 'placeId', 'status', 'organizer', 'updatedAt'],
  orders: ['-startDate', 'startDate', 'name', '-name', '-updatedAt', '-id', 'id'],
  search: ['name', 'organizer', 'identifier', 'series'],
  filters: ['placeId', 'status', 'attendanceMode', 'allDay', 'isAccessibleForFree', 'series'],
});
