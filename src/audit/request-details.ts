import { BlockList, isIP } from 'node:net';
import type { ContextDetails } from './actors.ts';

/** What is read of a request: any HTTP framework has it. Header names are in lower case. */
export interface RequestLike {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  socket: { remoteAddress?: string | undefined };
}

export interface RequestDetailsOptions {
  /** Addresses and CIDR ranges of proxies whose X-Forwarded-For is believed. None by default. */
  trustedProxies?: readonly string[];
  /** The header that holds the correlation id; null when requests have none. */
  correlationIdHeader?: string | null;
  /** Finds the correlation id in another way; wins over the header. */
  correlationId?: (request: RequestLike) => string | null;
}

/**
 * The remote address and the correlation id of a request, for the details of an actor context.
 *
 * X-Forwarded-For is a list that anybody can begin; only what trusted proxies have added counts. It is
 * read from its end: the first address that is no trusted proxy is the client.
 */
export function requestDetails(
  request: RequestLike,
  {
    trustedProxies = [],
    correlationIdHeader = 'x-correlation-id',
    correlationId,
  }: RequestDetailsOptions = {},
): Required<Pick<ContextDetails, 'remoteAddress' | 'correlationId'>> {
  return {
    remoteAddress: remoteAddress(request, trustedProxies),
    correlationId: correlationId
      ? correlationId(request)
      : correlationIdHeader === null
        ? null
        : (header(request, correlationIdHeader)?.slice(0, 200) ?? null),
  };
}

function remoteAddress(request: RequestLike, trustedProxies: readonly string[]): string | null {
  const socket = bareAddress(request.socket.remoteAddress ?? '');
  if (socket === null) return null;
  const trusted = blockList(trustedProxies);
  let client = socket;
  const hops = (header(request, 'x-forwarded-for') ?? '').split(',').reverse();
  for (const hop of hops) {
    if (!trusted.check(client, isIP(client) === 6 ? 'ipv6' : 'ipv4')) break;
    const address = bareAddress(hop.trim());
    // What is no address was made up before the last trusted proxy; the hop before it is the best known.
    if (address === null) break;
    client = address;
  }
  return client;
}

/** "203.0.113.7:8080", "[2001:db8::1]:443" and "::ffff:203.0.113.7" without what is not the address. */
function bareAddress(text: string): string | null {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1];
  const withPort = /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text)?.[1];
  const address = (bracketed ?? withPort ?? text).replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return isIP(address) === 0 ? null : address;
}

function blockList(entries: readonly string[]): BlockList {
  const list = new BlockList();
  for (const entry of entries) {
    const [address = '', prefix] = entry.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

function header(request: RequestLike, name: string): string | undefined {
  const value = request.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(',') : value;
}
