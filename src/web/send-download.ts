import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HotspotsError } from '../errors.ts';
import { log } from '../log.ts';

export interface Download {
  name: string;
  mediaType: string;
  /** Begins to read. */
  pieces: () => AsyncIterable<string>;
}

/** Downloads that one visitor, and that all, may have at a time: each holds some pieces in memory. */
const [mostOfOne, mostOfAll] = [4, 50];
/** Milliseconds in which somebody who downloads must take something. */
const longestPause = 30_000;

const underWay = new Map<string, number>();

/**
 * Sends a file piece by piece, as fast as it is taken. Who takes nothing for half a minute, or has several files under
 * way already, is refused, so that nobody can fill the memory by reading slowly.
 *
 * @throws HotspotsError TOO_MANY_REQUESTS
 */
export function sendDownload(
  request: FastifyRequest,
  reply: FastifyReply,
  { name, mediaType, pieces }: Download,
): FastifyReply {
  reply.type(mediaType).header('content-disposition', `attachment; filename="${name}"`);
  // Only the headers are wanted.
  if (request.method === 'HEAD') return reply.send(Readable.from([]));
  const visitor = begin(request, reply);
  const stream = Readable.from(pieces(), { objectMode: false });
  stream.on('error', (error) => log.error('A download was cut off', { name, error }));
  reply.raw.setTimeout(longestPause, () => reply.raw.destroy());
  // Whoever goes away also closes it.
  reply.raw.once('close', () => end(visitor));
  return reply.send(stream);
}

function begin({ token, user, ip }: FastifyRequest, reply: FastifyReply): string {
  const visitor = token !== null ? `token ${token.id}` : user !== null ? `user ${user.id}` : ip;
  const [own, all] = [underWay.get(visitor) ?? 0, underWay.values().reduce((sum, count) => sum + count, 0)];
  if (own >= mostOfOne || all >= mostOfAll) {
    reply.header('retry-after', '30');
    throw new HotspotsError(
      'TOO_MANY_REQUESTS',
      own >= mostOfOne
        ? `${own} files are being sent to you already. Wait until one of them is done.`
        : 'As many files are being sent as this server can. Try again in half a minute.',
    );
  }
  underWay.set(visitor, own + 1);
  return visitor;
}

function end(visitor: string): void {
  const left = (underWay.get(visitor) ?? 0) - 1;
  if (left > 0) underWay.set(visitor, left);
  else underWay.delete(visitor);
}
