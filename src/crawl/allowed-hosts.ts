import type { Source } from './source.ts';

/** The hosts that a source may be read from: those of its start URLs and those it names, with and without "www.". */
export class AllowedHosts {
  readonly #hosts = new Set<string>();

  constructor(source: Pick<Source, 'startUrls' | 'allowedHosts'>) {
    for (const url of source.startUrls) this.#hosts.add(bareHost(new URL(url).host));
    for (const host of source.allowedHosts) this.#hosts.add(bareHost(host.toLowerCase()));
  }

  /** False for other schemes too: an address can be swapped for a file or a socket by a redirect. */
  allows(url: URL): boolean {
    return (url.protocol === 'http:' || url.protocol === 'https:') && this.#hosts.has(bareHost(url.host));
  }
}

function bareHost(host: string): string {
  return host.replace(/^www\./, '');
}
