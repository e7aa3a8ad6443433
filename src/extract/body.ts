import { isUtf8 } from 'node:buffer';
import { constants, gunzipSync } from 'node:zlib';
import htmlEncodingSniffer from 'html-encoding-sniffer';
import type { PageProblem } from './item.ts';

export interface DecodedBody {
  text: string;
  /** Name of an encoding that the body declares and this program cannot decode; null when all went well. */
  unsupported: string | null;
}

/**
 * Decodes a body by its byte order mark, the content type's charset or its `<meta>` (WHATWG encoding
 * sniffing). A body that declares nothing is UTF-8 if its bytes are, else windows-1252. Bytes that are wrong
 * in the encoding become U+FFFD; NUL characters are dropped.
 *
 * @param xml sniffs an XML declaration in place of `<meta>`
 */
export function decodeBody(body: Uint8Array, contentType: string | null, xml = false): DecodedBody {
  const charset = /charset\s*=\s*["']?\s*([^\s;"']+)/i.exec(contentType ?? '')?.[1];
  const encoding = htmlEncodingSniffer(body, {
    ...(charset === undefined ? {} : { transportLayerEncodingLabel: charset }),
    defaultEncoding: charset === undefined && isUtf8(body) ? 'UTF-8' : 'windows-1252',
    xml,
  });
  const decoder = decoderFor(encoding);
  const text = (decoder ?? new TextDecoder('windows-1252')).decode(body);
  return {
    text: text.includes('\0') ? text.replaceAll('\0', '') : text,
    unsupported: decoder === null ? encoding : null,
  };
}

function decoderFor(encoding: string): TextDecoder | null {
  try {
    return new TextDecoder(encoding);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Greatest size of a sitemap (sitemaps.org 0.9). */
const maxBytes = 50 * 1024 * 1024;

/**
 * Undoes gzip, if the bytes begin like gzip; others are returned as they are. Of damaged data, what came
 * before the damage is kept, and no more than 50 MB is ever inflated.
 */
export function inflateBody(body: Uint8Array): { bytes: Uint8Array; problems: PageProblem[] } {
  const problems: PageProblem[] = [];
  let bytes = body;
  if (body[0] === 0x1f && body[1] === 0x8b) bytes = gunzip(body, problems);
  if (bytes.length > maxBytes) {
    problems.push({
      code: 'sitemap-too-large',
      message: `The body is larger than ${maxBytes} bytes. What is beyond was left out.`,
    });
    bytes = bytes.subarray(0, maxBytes);
  }
  return { bytes, problems };
}

function gunzip(body: Uint8Array, problems: PageProblem[]): Uint8Array {
  const whole = inflate(body, false);
  if (whole !== null) return whole;
  problems.push({
    code: 'sitemap-compressed-damaged',
    message: 'The gzip data is damaged or inflates beyond the limit. What could be inflated was read.',
  });
  return inflate(body, true) ?? longestPrefix(body);
}

/**
 * zlib gives nothing at all when the data turn out to be damaged. A prefix that ends before the damage
 * inflates, so the longest such prefix is searched for, to within a 4096th of the data.
 */
function longestPrefix(body: Uint8Array): Uint8Array {
  const step = Math.max(16, Math.ceil(body.length / 4_096));
  let best: Uint8Array = new Uint8Array();
  let good = 0;
  let bad = body.length;
  while (bad - good > step) {
    const middle = (good + bad) >> 1;
    const inflated = inflate(body.subarray(0, middle), true);
    if (inflated === null) {
      bad = middle;
    } else {
      good = middle;
      best = inflated;
    }
  }
  return best;
}

/** @param partial whether data that stop early are taken for what they are */
function inflate(body: Uint8Array, partial: boolean): Uint8Array | null {
  try {
    return gunzipSync(body, {
      maxOutputLength: maxBytes,
      ...(partial ? { finishFlush: constants.Z_SYNC_FLUSH } : {}),
    });
  } catch (error) {
    if (error instanceof Error && 'code' in error) return null;
    throw error;
  }
}
