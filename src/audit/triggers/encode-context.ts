import { storableJson } from '../storable-json.ts';

/**
 * A context as the comment in front of a statement carries it: JSON in base64url, which has no character that
 * ends a comment, whatever the context says.
 */
export function encodeContext(context: object): string {
  return Buffer.from(storableJson(JSON.stringify(context))).toString('base64url');
}
