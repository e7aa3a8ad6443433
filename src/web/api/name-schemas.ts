import type { SwaggerTransformObject } from '@fastify/swagger';
import { createJsonSchemaTransformObject } from 'fastify-type-provider-zod';

const transform = createJsonSchemaTransformObject({});

/**
 * Gives the document the schemas that have a name. The library has each a second time, as it would be if it were sent;
 * only what is answered has names here, so that nothing refers to those.
 */
export const nameSchemas: SwaggerTransformObject = (given) => {
  const document = transform(given);
  const schemas = 'components' in document ? (document.components?.schemas ?? {}) : {};
  for (const name of Object.keys(schemas)) if (name.endsWith('Input')) delete schemas[name];
  return document;
};
