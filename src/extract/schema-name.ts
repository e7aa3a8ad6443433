const vocabulary = /^(?:https?:\/\/(?:www\.)?schema\.org\/|schema:)/i;

/**
 * The local name of a schema.org type or property: "MusicEvent" for "http://schema.org/MusicEvent" and
 * "schema:MusicEvent". A name of another vocabulary is returned as it is, so that it is never taken for
 * one of schema.org's.
 */
export function schemaName(name: string): string {
  return name.trim().replace(vocabulary, '').replace(/^#/, '');
}
