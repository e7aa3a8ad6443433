import { hash } from 'node:crypto';

/** Bytes of a SHA-256 hash. */
export const hashLength = 32;

/**
 * The root of the Merkle tree over `hashes`, which are leaves or roots of equally large, full subtrees (the last
 * may be smaller). The tree is that of RFC 6962, section 2.1: a node is SHA-256(0x01 ‖ left ‖ right), and what
 * is left over on a level moves up as it is, which comes to the same as splitting at the largest power of two.
 *
 * @param hashes one after another, 32 bytes each, at least one. A leaf is SHA-256(0x00 ‖ its bytes).
 */
export function merkleRoot(hashes: Uint8Array): Buffer {
  let level = Buffer.from(hashes);
  const node = Buffer.alloc(1 + 2 * hashLength, 1);
  while (level.length > hashLength) {
    const above = Buffer.alloc(Math.ceil(level.length / (2 * hashLength)) * hashLength);
    for (let from = 0, to = 0; from < level.length; from += 2 * hashLength, to += hashLength) {
      if (from + hashLength === level.length) {
        level.copy(above, to, from);
      } else {
        level.copy(node, 1, from, from + 2 * hashLength);
        hash('sha256', node, 'buffer').copy(above, to);
      }
    }
    level = above;
  }
  return level;
}
