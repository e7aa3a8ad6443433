import type { SwaggerTransform } from '@fastify/swagger';
import { createJsonSchemaTransform } from 'fastify-type-provider-zod';
import { z } from 'zod';
import '../route-config.ts';

const transform = createJsonSchemaTransform({ zodToJsonConfig: { unrepresentable: 'any' } });
const responsesSchema = z.record(z.string(), z.looseObject({ headers: z.unknown().optional() }));

/**
 * A route as OpenAPI has it: its schemas as JSON schemas, the headers of its answers, which the library leaves out, and
 * who may use it, which is what the frame around the route checks.
 */
export const describeAccess: SwaggerTransform = (given) => {
  const { schema, url } = transform(given);
  if (schema?.hide === true) return { schema, url };
  const described = responsesSchema.parse(given.schema?.response ?? {});
  const response = Object.fromEntries(
    Object.entries(responsesSchema.parse(schema?.response ?? {})).map(([status, answer]) => {
      const headers = described[status]?.headers;
      return [status, headers === undefined ? answer : { ...answer, headers }];
    }),
  );
  const { access = 'public', scope = given.route.method === 'GET' ? 'read' : 'write' } =
    given.route.config ?? {};
  return {
    url,
    schema: {
      ...schema,
      response,
      ...(access === 'public'
        ? { security: [] }
        : {
            description: `Needs the role ${access}; of a token the scope ${scope}.`,
            security: [{ token: [] }, { session: [] }],
          }),
    },
  };
};
