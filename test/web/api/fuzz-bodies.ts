import fc from 'fast-check';
import type { ApiDocument, Operation } from './api-document.ts';
import { hostileBodies, hostileMediaTypes, hostileTexts, hostileValues } from './hostile-values.ts';
import { child, type JsonSchema } from './json-schema.ts';
import { validBodies } from './valid-values.ts';

interface Bodies {
  readonly mediaType: fc.Arbitrary<string | null>;
  readonly body: fc.Arbitrary<string | Buffer | null>;
}

/** Bodies for an operation, and what they say they are; none when it takes none. */
export function bodiesOf(document: ApiDocument, { requestBody }: Operation): Bodies {
  const types = Object.keys(requestBody?.content ?? {});
  const [content] = Object.values(requestBody?.content ?? {});
  if (content === undefined) return { mediaType: fc.constant(null), body: fc.constant(null) };
  const written = (value: object) => JSON.stringify(value);
  return {
    mediaType: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...types) }, hostileMediaTypes),
    body: fc.oneof(
      { weight: 4, arbitrary: validBodies(document, content.schema).map(written) },
      { weight: 3, arbitrary: nearlyValidBodies(document, content.schema).map(written) },
      hostileBodies,
    ),
  };
}

/** Objects with one thing that is wrong with them: a value, a field too few or one too many. */
function nearlyValidBodies(document: ApiDocument, schema: JsonSchema): fc.Arbitrary<Record<string, unknown>> {
  const names = Object.keys(child(document.resolve(schema), 'properties'));
  const name = fc.oneof(fc.constantFrom(...names, 'id', 'userId', 'createdAt', '__proto__'), hostileTexts);
  return fc
    .tuple(validBodies(document, schema), name, fc.option(hostileValues, { nil: undefined }))
    .map(([body, key, value]) => Object.fromEntries([...Object.entries(body), [key, value]]));
}
