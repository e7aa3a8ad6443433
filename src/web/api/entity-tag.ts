import { createHash } from 'node:crypto';
import { HotspotsError } from '../../errors.ts';

/** A strong validator of a representation (RFC 9110, 8.8.3): another one as soon as any of its fields changes. */
export function entityTag(representation: object): string {
  const hash = createHash('sha256').update(JSON.stringify(representation)).digest('base64url');
  return `"${hash.slice(0, 22)}"`;
}

/**
 * Whether If-None-Match names this representation; "*" names every one. A proxy that compresses makes tags weak, which
 * does not matter here (RFC 9110, 13.1.2).
 */
export function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  return namesTag((ifNoneMatch ?? '').replaceAll('W/"', '"'), tag);
}

/**
 * Refuses to write over what the sender has not seen.
 *
 * @param ifMatch the header If-Match; without one nothing is refused
 * @throws HotspotsError PRECONDITION_FAILED
 */
export function checkMatch(ifMatch: string | undefined, representation: object): void {
  if (ifMatch === undefined || namesTag(ifMatch, entityTag(representation))) return;
  throw new HotspotsError(
    'PRECONDITION_FAILED',
    'The record has changed since it was read, so nothing was written. Read it again, and send the change with its new ETag.',
  );
}

function namesTag(header: string, tag: string): boolean {
  const tags = header.split(',').map((each) => each.trim());
  return tags.includes('*') || tags.includes(tag);
}
