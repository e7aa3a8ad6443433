import { createServer, type RequestListener } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { withUserActor } from '../../../src/audit/actors.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { requestDetails } from '../../../src/audit/request-details.ts';
import { configureAudit } from '../../../src/audit/settings.ts';
import { ana } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

const request = (remoteAddress: string, forwardedFor?: string | string[]) => ({
  headers: { 'x-forwarded-for': forwardedFor },
  socket: { remoteAddress },
});
const proxies = { trustedProxies: ['10.0.0.0/8', '::1'] };

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['2001:db8::1', '2001:db8::1'],
  ['::ffff:203.0.113.7', '203.0.113.7'],
  ['fe80::1%eth0', 'fe80::1'],
])('without a proxy the address is that of the socket: %s', (socket, expected) => {
  expect(requestDetails(request(socket, '198.51.100.1')).remoteAddress).toBe(expected);
});

test.each([
  ['203.0.113.7', '203.0.113.7'],
  ['203.0.113.7:4711', '203.0.113.7'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['[2001:db8::1]', '2001:db8::1'],
  ['2001:db8::1', '2001:db8::1'],
  ['203.0.113.7, 10.1.1.1', '203.0.113.7'],
  // Only what trusted proxies have added counts: the beginning of the list is anybody's.
  ['198.51.100.66, 203.0.113.7, 10.1.1.1', '203.0.113.7'],
  ['nonsense, 203.0.113.7', '203.0.113.7'],
  ['203.0.113.7, nonsense', '10.0.0.1'],
  ['', '10.0.0.1'],
])('behind a trusted proxy X-Forwarded-For "%s" means %s', (header, expected) => {
  expect(requestDetails(request('10.0.0.1', header), proxies).remoteAddress).toBe(expected);
});

test('several X-Forwarded-For headers are read as one list', () => {
  const details = requestDetails(request('::1', ['198.51.100.66', '203.0.113.7']), proxies);
  expect(details.remoteAddress).toBe('203.0.113.7');
});

test('the correlation id comes from a function, else from the named header, else it is null', () => {
  const given = { headers: { 'x-correlation-id': 'a', 'x-request-id': 'b' }, socket: {} };
  const id = (options: Parameters<typeof requestDetails>[1]) => requestDetails(given, options).correlationId;
  expect(id({})).toBe('a');
  expect(id({ correlationIdHeader: 'X-Request-Id' })).toBe('b');
  expect(id({ correlationIdHeader: null })).toBeNull();
  expect(id({ correlationIdHeader: null, correlationId: () => 'c' })).toBe('c');
  expect(requestDetails({ headers: {}, socket: {} }).correlationId).toBeNull();
});

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, (sequelize) => {
    const library = defineLibrary(sequelize);
    auditlog.register(library.Book);
    return library;
  });
  afterEach(() => configureAudit({ storeRemoteAddress: true }));

  /** A book written by hooks, and changed by a statement that triggers record where there are any. */
  const write = async () => {
    const book = await at.models.Book.create({});
    await at.models.Book.update({ pages: 2 }, { where: { id: book.id } });
  };
  const stored = async () => {
    const entries = await LogEntry.findAll({ order: ['id'] });
    return entries.map(({ correlationId, remoteAddress }) => [correlationId, remoteAddress]);
  };

  test('a request’s entries carry its address and id, and the next request does not inherit them', async () => {
    const listener: RequestListener = (incoming, outgoing) => {
      withUserActor(ana, write, requestDetails(incoming)).then(
        () => outgoing.end(),
        (error: Error) => outgoing.writeHead(500).end(error.message),
      );
    };
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const url = `http://127.0.0.1:${port}/`;
      for (const headers of [{ 'X-Correlation-Id': 'c-1' }, {}]) {
        const response = await fetch(url, { headers });
        expect(await response.text()).toBe('');
      }
    } finally {
      server.closeAllConnections();
      server.close();
    }
    expect(await stored()).toEqual([
      ['c-1', '127.0.0.1'],
      ['c-1', '127.0.0.1'],
      [null, '127.0.0.1'],
      [null, '127.0.0.1'],
    ]);
  });

  test('where addresses are not to be stored none is', async () => {
    configureAudit({ storeRemoteAddress: false });
    await withUserActor(ana, write, { remoteAddress: '203.0.113.7', correlationId: 'c-2' });
    expect(await stored()).toEqual([
      ['c-2', null],
      ['c-2', null],
    ]);
  });

  test('an invalid address does not keep the change from being written and recorded', async () => {
    await withUserActor(ana, write, { remoteAddress: 'unknown' });
    expect(await stored()).toEqual([
      [null, null],
      [null, null],
    ]);
  });
});
