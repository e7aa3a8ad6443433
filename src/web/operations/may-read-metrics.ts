import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** Headers by which a proxy says that it asks for somebody else. */
const proxyHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
];

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

/**
 * Whether the request may read metrics: it brings the token, or comes from this machine, and not from a proxy on it.
 *
 * @param token what is to be brought; when undefined, only this machine may
 */
export function mayReadMetrics(
  request: Pick<FastifyRequest, 'headers' | 'socket' | 'hostname'>,
  token: string | undefined,
): boolean {
  const [, given] = /^Bearer (\S+)$/i.exec(request.headers.authorization?.trim() ?? '') ?? [];
  if (given !== undefined) return token !== undefined && isSame(given, token);
  return isOfThisMachine(request);
}

function isOfThisMachine({
  headers,
  socket,
  hostname,
}: Pick<FastifyRequest, 'headers' | 'socket' | 'hostname'>) {
  if (proxyHeaders.some((name) => headers[name] !== undefined)) return false;
  // A proxy that adds no header often keeps the name it was asked by; so does a browser that a foreign name led here.
  return isLoopback(socket.remoteAddress ?? '') && (hostname === 'localhost' || isLoopback(hostname));
}

function isLoopback(text: string): boolean {
  const address = text.replace(/^\[|\]$/g, '').replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(address);
  return family !== 0 && loopback.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Takes as long whatever is wrong with it. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
