import { position, text, webAddress } from '../../records/field-schemas.ts';

/** The fields of schema.org ImageObject that pictures of places and of events have. */
export const imageFields = {
  contentUrl: webAddress,
  caption: text(1000).nullable(),
  creditText: text(500).nullable(),
  position: position.describe('Its place in the order of the pictures, from 0'),
};
