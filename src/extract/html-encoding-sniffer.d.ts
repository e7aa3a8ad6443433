/** The package html-encoding-sniffer 7 comes without types. */
declare module 'html-encoding-sniffer' {
  interface SniffOptions {
    xml?: boolean;
    transportLayerEncodingLabel?: string;
    defaultEncoding?: string;
  }
  export default function htmlEncodingSniffer(bytes: Uint8Array, options?: SniffOptions): string;
}
