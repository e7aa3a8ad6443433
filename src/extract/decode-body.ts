import { isUtf8 } from 'node:buffer';
import htmlEncodingSniffer from 'html-encoding-sniffer';

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
