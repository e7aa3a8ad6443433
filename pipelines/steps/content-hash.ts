import { hash } from 'node:crypto';

/** 128 bits of SHA-256 over the parts, in the form of a uuid column. Parts cannot run into each other. */
export function contentHash(...parts: unknown[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex').slice(0, 32);
}
