import { recordId } from '../../records/field-schemas.ts';

/** The number of a record of another resource. The document says which, so that programs can follow it. */
export const referenceTo = (path: string) =>
  recordId.meta({ description: `Number of one of /${path}`, 'x-resource': path });
