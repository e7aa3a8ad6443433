import fc from 'fast-check';
import type { ApiDocument } from './api-document.ts';
import { child, children, type JsonSchema } from './json-schema.ts';

/** Numbers of records, of which there are some; others there are not. */
export const recordIds = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 30 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('999999', '999999999999999999') },
);

/** Values as the document has them. */
export function validValues(document: ApiDocument, given: JsonSchema): fc.Arbitrary<unknown> {
  const schema = document.resolve(given);
  if (typeof schema['x-resource'] === 'string') return recordIds;
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const branches = children(schema, 'anyOf');
  if (branches.length > 0) return fc.oneof(...branches.map((branch) => validValues(document, branch)));
  const ofType = [schema.type].flat().map((type) => validOfType(document, { ...schema, type }));
  if (!Array.isArray(schema.examples)) return fc.oneof(...ofType);
  // What has neither pattern nor format follows rules that only its example shows.
  const weight = schema.pattern === undefined && schema.format === undefined ? 9 : 1;
  return fc.oneof({ weight, arbitrary: fc.constantFrom(...schema.examples) }, fc.oneof(...ofType));
}

function validOfType(document: ApiDocument, schema: JsonSchema): fc.Arbitrary<unknown> {
  const { type, minimum, maximum } = schema;
  const range = {
    ...(typeof minimum === 'number' && { min: minimum }),
    ...(typeof maximum === 'number' && { max: maximum }),
  };
  switch (type) {
    case 'object':
      return validBodies(document, schema);
    case 'array':
      return fc.array(validValues(document, child(schema, 'items')), { minLength: 1, maxLength: 4 });
    case 'integer':
      return fc
        .maxSafeInteger()
        .map((number) => Math.min(range.max ?? number, Math.max(range.min ?? number, number)));
    case 'number':
      return fc.double({ ...range, noNaN: true, noDefaultInfinity: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return validTexts(schema);
    default:
      return fc.jsonValue();
  }
}

function validTexts({ pattern, format, maxLength }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'email') return fc.emailAddress();
  if (format === 'uri') return fc.webUrl({ withQueryParameters: true, withFragments: true });
  // Of all numbers that a record may have, some that there are.
  if (typeof pattern === 'string' && pattern.startsWith('^[1-9]')) return recordIds;
  if (typeof pattern === 'string' && pattern !== '\\S') return fc.stringMatching(new RegExp(pattern, 'u'));
  return fc.string({ unit: 'grapheme', minLength: 1, maxLength: Math.min(60, Number(maxLength ?? 60)) });
}

/** Objects with what is required and a little of what is not: the more there is, the more rules it breaks. */
export function validBodies(document: ApiDocument, given: JsonSchema): fc.Arbitrary<Record<string, unknown>> {
  const schema = document.resolve(given);
  const properties = child(schema, 'properties');
  const names = Object.keys(properties);
  const requiredKeys = names.filter(
    (name) => Array.isArray(schema.required) && schema.required.includes(name),
  );
  const optional = names.filter((name) => !requiredKeys.includes(name));
  return fc
    .subarray(optional, { maxLength: Math.min(4, optional.length) })
    .chain((chosen) =>
      fc.record(
        Object.fromEntries(
          [...requiredKeys, ...chosen].map((name) => [name, validValues(document, child(properties, name))]),
        ),
      ),
    );
}
