import { describe, expect, test } from 'vitest';
import { readPage } from '../../src/extract/read-page.ts';
import { undeclaredTypes } from '../../src/extract/reader.ts';
import { acceptHeader, isReadType } from '../../src/extract/reader-lookup.ts';
import { readers } from '../../src/extract/readers.ts';

const url = 'https://town.example/list';
const linksOf = (html: string) => readPage({ body: Buffer.from(html), contentType: 'text/html', url }).links;

describe.each(readers)('the reader $name', (reader) => {
  test('is asked for in the Accept header, by types that it reads', () => {
    const accepted = acceptHeader.split(', ');
    expect(reader.accept.length).toBeGreaterThan(0);
    for (const entry of reader.accept) {
      expect(accepted).toContain(entry);
      expect(reader.types).toContain(entry.split(';')[0]);
    }
  });

  test('has its types fetched, with parameters and in capitals too', () => {
    for (const type of reader.types) {
      expect(isReadType(type)).toBe(true);
      expect(isReadType(`${type.toUpperCase()} ; charset=utf-8`)).toBe(true);
    }
  });

  test('is named by links that end like its addresses or declare one of its types', () => {
    for (const ending of reader.endings)
      expect(linksOf(`<a href="/x.${ending.toUpperCase()}?a=b.c#top">x</a>`)).toMatchObject([
        { format: reader.name },
      ]);
    for (const type of reader.types)
      expect(linksOf(`<a href="/x" type="${type}">x</a>`)).toMatchObject([{ format: reader.name }]);
    for (const scheme of reader.schemes ?? [])
      expect(linksOf(`<a href="${scheme}://town.example/x">x</a>`)).toMatchObject([
        { url: 'https://town.example/x', format: reader.name },
      ]);
  });

  test('shares no name, type, ending or scheme with another reader', () => {
    const others = readers.filter((other) => other !== reader);
    const claims = ({ name, types, endings, schemes = [] }: typeof reader) => [
      name,
      ...types,
      ...endings.map((ending) => `.${ending}`),
      ...schemes.map((scheme) => `${scheme}:`),
    ];
    const claimed = new Set(others.flatMap(claims));
    expect(claims(reader).filter((claim) => claimed.has(claim))).toEqual([]);
    for (const type of reader.types) expect(undeclaredTypes).not.toContain(type);
  });
});

test('the Accept header names HTML first, and takes anything else as a last resort', () => {
  expect(acceptHeader).toBe(
    'text/html, application/xhtml+xml, application/ld+json, text/calendar, application/xml;q=0.9, */*;q=0.5',
  );
});

test.each(['image/png', 'application/pdf', 'application/json', 'video/mp4'])('%s is not fetched', (type) => {
  expect(isReadType(type)).toBe(false);
});

test.each([null, '', 'text/plain', 'application/octet-stream'])(
  '%j is fetched: it tells no format',
  (type) => {
    expect(isReadType(type)).toBe(true);
  },
);
