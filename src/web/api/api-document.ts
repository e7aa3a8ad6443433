import type { OpenAPIV3_1 } from 'openapi-types';

/** What the OpenAPI document says besides its routes. The address of the server counts from where the document is. */
export const apiDocument = {
  openapi: '3.1.0',
  info: {
    title: 'hotspots',
    version: '1.0.0',
    description:
      'Places and events, what users say of them, and the log of every change. Whoever sends a request is the author of ' +
      'all that it writes; X-Correlation-Id, taken from the request or made, finds its log entries.',
  },
  servers: [{ url: '/api/v1' }],
  components: {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer', description: 'Made by: hotspots token create' },
      session: {
        type: 'apiKey',
        in: 'cookie',
        name: 'hotspots_session',
        description: 'Of the pages; writes need X-CSRF-Token',
      },
    },
  },
} satisfies Partial<OpenAPIV3_1.Document>;
