import { beforeAllIds, type ReadChunk } from './entry-chunks.ts';
import { merkleRoot } from './merkle-root.ts';
import { chunkSize } from './seal.ts';

/** The Merkle root over all entries up to an id, made like that of a seal, and their number; null for none. */
export async function keptRoot(
  readChunk: ReadChunk,
  lastId: string,
): Promise<{ count: number; root: Buffer | null }> {
  const roots: Buffer[] = [];
  let count = 0;
  let after = beforeAllIds;
  for (;;) {
    const chunk = await readChunk(after, lastId, chunkSize);
    if (chunk === null) break;
    roots.push(chunk.root);
    count += chunk.count;
    after = chunk.lastId;
  }
  return { count, root: roots.length === 0 ? null : merkleRoot(Buffer.concat(roots)) };
}
