/**
 * Resolves a reference on a page to an absolute URL.
 *
 * @param base absolute address of the page, or its `<base href>`
 * @returns null when the reference cannot be resolved (WHATWG URL)
 */
export function absoluteUrl(reference: string, base: string): string | null {
  return URL.parse(reference.trim(), base)?.href ?? null;
}
