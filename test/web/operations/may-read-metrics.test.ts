import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { mayReadMetrics } from '../../../src/web/operations/may-read-metrics.ts';

const token = 'mE7rics-token-of-the-town';

/** A request from an address, as the server sees it. */
function request(from: string, headers: Record<string, string> = {}, hostname = 'localhost') {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: from });
  return { headers, hostname, socket };
}

describe('metrics may be read', () => {
  it.each(['127.0.0.1', '127.8.9.10', '::1', '::ffff:127.0.0.1'])('from %s without a token', (from) => {
    expect(mayReadMetrics(request(from), token)).toBe(true);
    expect(mayReadMetrics(request(from), undefined)).toBe(true);
  });

  it.each(['localhost', '127.0.0.1', '[::1]'])('by the name %s of this machine', (hostname) => {
    expect(mayReadMetrics(request('127.0.0.1', {}, hostname), token)).toBe(true);
  });

  it.each(['203.0.113.7', '127.0.0.1'])('with the token from %s, also through a proxy', (from) => {
    const headers = { authorization: `bearer ${token}`, 'x-forwarded-for': '203.0.113.9' };
    expect(mayReadMetrics(request(from, headers, 'hotspots.example.org'), token)).toBe(true);
  });
});

describe('metrics may not be read', () => {
  it.each(['203.0.113.7', '10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', '128.0.0.1', ''])(
    'from %j without a token',
    (from) => {
      expect(mayReadMetrics(request(from), token)).toBe(false);
      expect(mayReadMetrics(request(from), undefined)).toBe(false);
    },
  );

  it.each(['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip'])(
    'through a proxy on this machine that adds %s',
    (header) => {
      expect(mayReadMetrics(request('127.0.0.1', { [header]: '127.0.0.1' }), token)).toBe(false);
    },
  );

  it.each(['hotspots.example.org', '127.0.0.1.example.org', 'localhost.example.org', '10.0.0.1'])(
    'from this machine by the name %s, which a proxy or a browser was asked by',
    (hostname) => {
      expect(mayReadMetrics(request('127.0.0.1', {}, hostname), token)).toBe(false);
    },
  );

  it.each([`${token}x`, token.slice(1), token.toUpperCase(), 'undefined', 'hs_1'])(
    'with the wrong token %s, not even from this machine',
    (wrong) => {
      const headers = { authorization: `Bearer ${wrong}` };
      for (const from of ['127.0.0.1', '203.0.113.7']) {
        expect(mayReadMetrics(request(from, headers), token)).toBe(false);
        expect(mayReadMetrics(request(from, headers), undefined)).toBe(false);
      }
    },
  );
});
