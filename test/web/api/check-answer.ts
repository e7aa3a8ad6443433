import type { z } from 'zod';
import type { ApiDocument, Operation } from './api-document.ts';
import { type JsonSchema, jsonSchema } from './json-schema.ts';

/** An answer of the server, over whatever it came. */
export interface RawAnswer {
  readonly status: number;
  readonly mediaType: string | null;
  readonly text: string;
}

const checkers = new WeakMap<object, z.ZodType>();

/**
 * Reads an answer as the document has it.
 *
 * @returns its body; an empty object when it is not JSON
 * @throws Error when its status, media type or body is not what the document says of the operation
 */
export function checkAnswer(document: ApiDocument, operation: Operation, answer: RawAnswer): JsonSchema {
  const { status, mediaType, text } = answer;
  const what = `${operation.operationId} answered ${status} ${mediaType ?? ''}: ${text.slice(0, 300)}`;
  const described = operation.responses[status] ?? operation.responses[`${String(status).charAt(0)}XX`];
  if (described === undefined) throw new Error(`The document does not have the status. ${what}`);
  if (Object.keys(described.content).length === 0) {
    if (text === '') return {};
    throw new Error(`The document has no body. ${what}`);
  }
  const [, content] =
    Object.entries(described.content).find(([type]) => essenceOf(type) === essenceOf(mediaType ?? '')) ?? [];
  if (content === undefined) throw new Error(`The document does not have the media type. ${what}`);
  const checker = checkers.get(content) ?? document.checker(content.schema);
  checkers.set(content, checker);
  const value: unknown = /[/+]json$/.test(essenceOf(mediaType ?? '')) ? JSON.parse(text) : text;
  const { error } = checker.safeParse(value);
  if (error !== undefined) throw new Error(`${error.message} ${what}`);
  return jsonSchema.safeParse(value).data ?? {};
}

function essenceOf(mediaType: string): string {
  return mediaType.split(';')[0] ?? '';
}
