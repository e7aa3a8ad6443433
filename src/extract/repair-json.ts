import { decodeHTMLStrict } from 'entities';
import { jsonrepair } from 'jsonrepair';

/**
 * Makes JSON of text that is nearly JSON, for the breakages that pages really have: CDATA and comment
 * wrappers, line breaks and tabs inside strings, escapes that JSON lacks (`\'`), trailing commas, a
 * semicolon at the end, quotes written as entities. One pass; it never adds or drops values. The result
 * need not parse.
 */
export function cleanJson(text: string): string {
  const readable = text.includes('"') ? text : decodeHTMLStrict(text);
  const source = readable
    .replace(leadingComment, ' ')
    .replace(wrappers, ' ')
    .trim()
    .replace(/[;\s]+$/, '');
  let out = '';
  let position = 0;
  while (position < source.length) {
    const character = source.charAt(position);
    if (character === '"') {
      const end = endOfString(source, position);
      out += cleanString(source.slice(position, end));
      position = end;
    } else if (character === ',') {
      trailingComma.lastIndex = position;
      if (!trailingComma.test(source)) out += ',';
      position += 1;
    } else if (character === '/' && (source[position + 1] === '/' || source[position + 1] === '*')) {
      position = endOfComment(source, position);
    } else {
      plain.lastIndex = position;
      const run = plain.exec(source)?.[0] ?? character;
      out += run;
      position += run.length;
    }
  }
  return out;
}

/** A comment of plain words before the JSON. One with braces may be around it and only loses its marks. */
const leadingComment = /^\s*<!--[^{[]*?-->/;
const wrappers = /^\uFEFF|<!\[CDATA\[|\]\]>|<!--|-->/g;
const trailingComma = /,(?=\s*(?:[}\]]|$))/y;
const plain = /[^",/]+/y;

function endOfString(source: string, start: number): number {
  for (let position = start + 1; position < source.length; position += 1) {
    const character = source[position];
    if (character === '\\') position += 1;
    else if (character === '"') return position + 1;
  }
  return source.length;
}

function endOfComment(source: string, start: number): number {
  const line = source[start + 1] === '/';
  const end = source.indexOf(line ? '\n' : '*/', start + 2);
  if (end === -1) return source.length;
  return line ? end : end + 2;
}

function cleanString(literal: string): string {
  return literal.replace(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|\\|\p{Cc}/gu, (match) => {
    if (match.length > 1) return match;
    if (match === '\\') return '';
    return controlEscapes.get(match) ?? ' ';
  });
}

const controlEscapes: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** How much had to be done to a JSON-LD block before it could be read. */
export type JsonLdRepairStage = 'none' | 'cleaned' | 'repaired' | 'failed';

export interface RepairedJson {
  stage: JsonLdRepairStage;
  /** An object or array; null when the stage is `failed`. */
  value: object | null;
  /** What JSON.parse said about the text as it was; null when the stage is `none`. */
  reason: string | null;
}

/** Longer text than this is not given to jsonrepair, which takes seconds over it. */
const maxRepairLength = 1_000_000;

/**
 * Reads JSON that may be broken, in stages, the cheapest first: as it is, after a small cleaner, after the
 * package jsonrepair. jsonrepair makes something of almost any text, so it only gets text that starts like
 * an object or array, and only an object or array is taken from it. Nothing is thrown.
 */
export function repairJson(text: string): RepairedJson {
  const asWritten = parse(text);
  if (asWritten.error === null) return result('none', asWritten.value, null);

  const cleaned = cleanJson(text);
  const afterCleaning = parse(cleaned);
  if (afterCleaning.error === null) return result('cleaned', afterCleaning.value, asWritten.error);

  const looksLikeJson = /^[[{]/.test(cleaned) && cleaned.length <= maxRepairLength;
  const afterRepair = looksLikeJson ? parse(cleaned, jsonrepair) : afterCleaning;
  return result(afterRepair.error === null ? 'repaired' : 'failed', afterRepair.value, asWritten.error);
}

function result(stage: JsonLdRepairStage, value: unknown, reason: string | null): RepairedJson {
  if (typeof value === 'object' && value !== null) return { stage, value, reason };
  return { stage: 'failed', value: null, reason: reason ?? 'neither an object nor an array' };
}

function parse(text: string, prepare?: (text: string) => string): { value: unknown; error: string | null } {
  try {
    return { value: JSON.parse(prepare === undefined ? text : prepare(text)), error: null };
  } catch (error) {
    return { value: null, error: error instanceof Error ? error.message : String(error) };
  }
}
