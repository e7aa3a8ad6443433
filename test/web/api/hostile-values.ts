import fc from 'fast-check';

/** Texts that have broken some program or other. */
export const hostileTexts = fc.oneof(
  fc.constantFrom(
    ...['', ' ', '0', '-1', '1e3', '01', '１２', '9'.repeat(18), '9'.repeat(19), '1'.repeat(400), 'NaN'],
    ...['null', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '{}', '[]', '*', '%', '_', '\\'],
    ...[
      "'",
      '"',
      '$1',
      '\0',
      'a\0b',
      '\ud800',
      'a\udc00',
      '\ufeff',
      '\u202e',
      '\u2028',
      '\x1b[2J',
      '👩‍👩‍👧‍👦',
      'İ',
    ],
    ...["' OR 1=1 --", "\\'; DROP TABLE places; --", ':id', '?', '$$', '{{7*7}}', '\r\nX-Injected: 1'],
    ...[
      '<script>alert(1)</script>',
      'javascript:alert(1)',
      'http://',
      'https://[::1',
      'https://u:p@example.org',
    ],
    ...[
      '0000-01-01T00:00:00Z',
      '9999-12-31T23:59:59-14:00',
      '2027-02-30',
      '-000001-01-01',
      '24:00',
      '18:00:60',
    ],
    ...['91,0', '-90,-180', '90,180', '1,1,1', '00,00', '-0,-0', '100000', '0.001', '99999.999', 'TRUE'],
    'x'.repeat(5000),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

/** Values of any kind and size, where others are expected. */
export const hostileValues: fc.Arbitrary<unknown> = fc.oneof(
  hostileTexts,
  fc.constantFrom<unknown>(
    ...[null, true, false, [], {}, [[]], [null], ['\0'], { name: {} }, 'x'.repeat(100_001)],
    ...[0, -1, 0.5, 1e308, 5e-324, 2 ** 53, -(2 ** 31) - 1, Array.from({ length: 1001 }, () => 'x')],
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

/** What is sent as JSON and may not even be JSON. */
export const hostileBodies: fc.Arbitrary<string | Buffer> = fc.oneof(
  hostileValues.map((value) => JSON.stringify(value)),
  fc.constantFrom<string | Buffer>(
    ...['', ' ', '{', '[', '"', 'null', '\ufeff{}', '{"name":"a","name":"b"}', '{"name":1e999}'],
    ...['{"name":"\\ud800"}', '{"__proto__":{"isAdmin":true},"name":"x"}', '{"toString":1}'],
    ...['{"constructor":{"prototype":{"x":1}}}', `{"name":"${'x'.repeat(300_000)}"}`],
    ...['['.repeat(5000), '{"a":'.repeat(5000), `${'['.repeat(5000)}${']'.repeat(5000)}`],
    Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  ),
);

export const hostileMediaTypes = fc.constantFrom(
  ...['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data', '', 'x'],
  ...['application/json; charset=utf-16', 'application/JSON ;x', 'application/jsonx', ';', 'a/b, c/d'],
);

/** Percent signs with what they may and may not have behind them, and other signs that addresses consist of. */
export const percentSigns = fc.constantFrom(
  ...['%', '%f', '%ff', '%ED%A0%80', '%00', '%0d%0aX-Injected:%201', 'a%2Fb', '%2e%2e', ';', '=', '&&'],
);

/** What HTTP itself lets through: Latin-1 without control characters. */
export const hostileHeaders = fc.oneof(
  fc.constantFrom('*', '"x"', 'W/"x"', ',,,', '', 'key', 'other key', 'x'.repeat(300)),
  fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
  }),
);
