import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { importFormats } from '../../../src/import-export/import.ts';
import { temporaryFolder } from '../../helpers/temporary-folder.ts';

const folder = await temporaryFolder();
afterAll(() => folder[Symbol.asyncDispose]());

async function rowsOf(format: keyof typeof importFormats, content: string | Uint8Array) {
  const file = path.join(folder.path, `${crypto.randomUUID()}.${format}`);
  await writeFile(file, content);
  return await Array.fromAsync(importFormats[format](file));
}

const unreadable = (message: RegExp) => ({
  code: 'IMPORT_UNREADABLE',
  message: expect.stringMatching(message),
});

describe('CSV', () => {
  test('gives the cells by their titles, empty ones left out, with the line in the file', async () => {
    const text = '\ufeffname, telephone\r\n"Hall, Town",\r\n"two\nlines",1\r\n';
    expect(await rowsOf('csv', text)).toEqual([
      { line: 2, values: { name: 'Hall, Town' } },
      { line: 4, values: { name: 'two\nlines', telephone: '1' } },
    ]);
  });

  test('loses the apostrophe that keeps a spreadsheet from running a cell, and no other', async () => {
    const text = "a,b,c\n'=1+1,'tis,'+12075550142\n";
    expect(await rowsOf('csv', text)).toEqual([
      { line: 2, values: { a: '=1+1', b: "'tis", c: '+12075550142' } },
    ]);
  });

  test('refuses a line with too few or too many cells, and reads the others', async () => {
    expect(await rowsOf('csv', 'a,b\n1\n1,2,3\n1,2\n')).toEqual([
      { line: 2, problem: 'The line has 1 cells; there are 2 columns.' },
      { line: 3, problem: 'The line has 3 cells; there are 2 columns.' },
      { line: 4, values: { a: '1', b: '2' } },
    ]);
  });

  test.each([
    ['a column twice', 'a,b,a\n', /two columns "a"/],
    ['semicolons instead of commas', 'a;b\n1;2\n', /not separated by commas/],
    ['semicolons, and quotes where CSV has none', 'a;b\n1;"x"\n', /not separated by commas/],
    ['a quote that never ends', 'a,b\n"1,2\n', /not CSV/],
    ['a cell without end', `a\n"${'x'.repeat(1_100_000)}"\n`, /not CSV/],
  ])('is refused with %s', async (_, text, message) => {
    await expect(rowsOf('csv', text)).rejects.toMatchObject(unreadable(message));
  });
});

describe('JSON Lines', () => {
  test('give an object each, whatever ends the lines, with the line in the file', async () => {
    expect(await rowsOf('jsonl', '{"a":1}\r\n\n{"a":"ü"}')).toEqual([
      { line: 1, values: { a: 1 } },
      { line: 3, values: { a: 'ü' } },
    ]);
  });

  test('refuse a line that is no object, and read the others', async () => {
    const rows = await rowsOf('jsonl', '[]\nnull\n{"a":\n{"a":1}\n');
    expect(rows.map((row) => ('problem' in row ? row.line : row))).toEqual([
      1,
      2,
      3,
      { line: 4, values: { a: 1 } },
    ]);
  });

  test('refuse a line of any length without keeping it, and read the next', async () => {
    const rows = await rowsOf('jsonl', `{"a":"${'x'.repeat(3_000_000)}"}\n{"a":1}\n`);
    expect(rows).toEqual([
      { line: 1, problem: 'The line is longer than 1000000 characters.' },
      { line: 2, values: { a: 1 } },
    ]);
  });

  test('take no property for the prototype', async () => {
    const [row] = await rowsOf('jsonl', '{"__proto__":{"name":"x"},"constructor":"y"}\n');
    expect(row !== undefined && 'values' in row && Object.getPrototypeOf(row.values)).toBe(Object.prototype);
    expect(row !== undefined && 'values' in row && row.values.name).toBeUndefined();
  });
});

describe('GeoJSON', () => {
  const collection = (...features: unknown[]) => JSON.stringify({ type: 'FeatureCollection', features });

  test('gives the properties of each feature with its point', async () => {
    const geometry = { type: 'Point', coordinates: [-68.98, 44.05, 12] };
    const features = [
      { type: 'Feature', id: 7, geometry, properties: { name: 'Hall' } },
      { type: 'Feature', geometry: null, properties: { name: 'Somewhere' } },
    ];
    expect(await rowsOf('geojson', collection(...features))).toEqual([
      { line: 1, values: { id: '7', name: 'Hall', latitude: 44.05, longitude: -68.98 } },
      { line: 2, values: { name: 'Somewhere' } },
    ]);
  });

  test('names a geometry that is no point: a record is at one', async () => {
    const geometry = { type: 'Polygon', coordinates: [[[0, 0]]] };
    const [row] = await rowsOf(
      'geojson',
      collection({ type: 'Feature', geometry, properties: { name: 'Park' } }),
    );
    expect(row).toEqual({ line: 1, values: { name: 'Park', geometry: 'Polygon' } });
  });

  test('refuses what is no feature, and reads the others', async () => {
    const rows = await rowsOf('geojson', collection('x', { type: 'Feature', properties: { name: 'Hall' } }));
    expect(rows).toEqual([
      { line: 1, problem: 'This is not a Feature of GeoJSON.' },
      { line: 2, values: { name: 'Hall' } },
    ]);
  });

  test.each([
    ['is no JSON', '{"type":', /not GeoJSON/],
    ['is no collection', '{"type":"Feature"}', /it is no FeatureCollection/],
  ])('that %s is refused', async (_, text, message) => {
    await expect(rowsOf('geojson', text)).rejects.toMatchObject(unreadable(message));
  });
});

describe('a file', () => {
  const read = (file: string) => Array.fromAsync(importFormats.csv(file));

  test('that does not exist, or is a folder, is named', async () => {
    const missing = path.join(folder.path, 'missing.csv');
    await expect(read(missing)).rejects.toMatchObject(unreadable(/missing\.csv does not exist/));
    await expect(read(folder.path)).rejects.toMatchObject(unreadable(/is a folder/));
  });

  test.skipIf(process.getuid?.() === 0)('that may not be read is named', async () => {
    const file = path.join(folder.path, 'secret.csv');
    await writeFile(file, 'name\nx\n');
    await chmod(file, 0o000);
    await expect(read(file)).rejects.toMatchObject({ code: 'PERMISSION_DENIED' });
  });

  test('in another encoding than UTF-8 is refused with what to do', async () => {
    const latin1 = Buffer.from('name\nCaf\u00e9\n', 'latin1');
    await expect(rowsOf('csv', latin1)).rejects.toMatchObject(unreadable(/not in UTF-8.*CSV UTF-8/));
  });
});
