import type { ApiDocument } from './api-document.ts';
import { child, children, type JsonSchema } from './json-schema.ts';

/** The number of a record of the resource at this part of the address. */
export type Refer = (resource: string) => Promise<string>;

/**
 * A value as the document describes it, as somebody would write it who knows only the document.
 *
 * @param refer finds what a number points to
 * @throws Error when the document says too little
 */
export async function exampleOf(document: ApiDocument, given: JsonSchema, refer: Refer): Promise<unknown> {
  const schema = document.resolve(given);
  const resource = schema['x-resource'];
  if (typeof resource === 'string') return await refer(resource);
  if (Array.isArray(schema.examples)) return schema.examples[0];
  if (Array.isArray(schema.enum)) return schema.enum[0];
  const [first] = children(schema, 'anyOf');
  if (first !== undefined) return await exampleOf(document, first, refer);
  const [type] = [schema.type].flat();
  switch (type) {
    case 'object':
      return Object.fromEntries(
        await Promise.all(
          Object.entries(child(schema, 'properties')).map(async ([name, each]) => [
            name,
            await exampleOf(document, child({ each }, 'each'), refer),
          ]),
        ),
      );
    case 'array':
      return [await exampleOf(document, child(schema, 'items'), refer)];
    case 'boolean':
      return false;
    case 'integer':
    case 'number':
      return Math.max(1, Number(schema.minimum ?? 1));
    case 'string':
      return textOf(schema);
    default:
      throw new Error(`The document does not say what this is: ${JSON.stringify(given)}`);
  }
}

function textOf({ format, pattern }: JsonSchema): string {
  const text = format === 'email' ? 'hall@example.org' : 'Old Mill';
  if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(text))
    throw new Error(`The document has no example for ${pattern}.`);
  return text;
}
