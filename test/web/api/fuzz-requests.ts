import fc from 'fast-check';
import type { ApiDocument, Operation } from './api-document.ts';
import { bodiesOf } from './fuzz-bodies.ts';
import { hostileHeaders, hostileTexts, percentSigns } from './hostile-values.ts';
import { recordIds, validValues } from './valid-values.ts';

export interface FuzzedRequest {
  /** Whose token it has: one of the program's, none, or what is no token. */
  readonly sender: 'viewer' | 'editor' | 'admin' | 'nobody' | 'forged';
  /** With its query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly mediaType: string | null;
  readonly body: string | Buffer | null;
}

const senders = fc.oneof(
  { weight: 6, arbitrary: fc.constant('admin' as const) },
  { weight: 2, arbitrary: fc.constantFrom('viewer' as const, 'editor' as const) },
  { weight: 1, arbitrary: fc.constantFrom('nobody' as const, 'forged' as const) },
);
const hostileIds = hostileTexts.map((text) => encodeURIComponent(text.toWellFormed()));
const ids = fc.oneof({ weight: 6, arbitrary: recordIds }, fc.oneof(percentSigns, hostileIds));

/** Requests for an operation: such as its document allows, nearly such, and hostile ones. */
export function requestsOf(document: ApiDocument, operation: Operation): fc.Arbitrary<FuzzedRequest> {
  const url = (id: string, query: string) =>
    `${document.server.pathname}${operation.path.replace('{id}', () => id)}?${query}`;
  return fc.record({
    sender: senders,
    url: fc.tuple(ids, queriesOf(document, operation)).map(([id, query]) => url(id, query)),
    headers: headersOf(operation),
    ...bodiesOf(document, operation),
  });
}

function queriesOf(document: ApiDocument, { parameters }: Operation): fc.Arbitrary<string> {
  const words = parameters.filter((parameter) => parameter.in === 'query');
  const right = words.map(({ name, schema }) =>
    fc.tuple(fc.constant(name), validValues(document, schema).map(String)),
  );
  const names = fc.constantFrom('__proto__', 'q[]', 'limit', ...words.map(({ name }) => name));
  const wrong = fc.tuple(fc.oneof(names, hostileTexts), hostileTexts);
  const someRight =
    right.length === 0
      ? fc.constant<[string, string][]>([])
      : fc.uniqueArray(fc.oneof(...right), { selector: ([name]) => name, maxLength: 3 });
  const someWrong = fc.array(fc.oneof(wrong, ...right), { minLength: 1, maxLength: 4 });
  const written = (pairs: [string, string][]) => String(new URLSearchParams(pairs));
  return fc.oneof(
    { weight: 4, arbitrary: someRight.map(written) },
    someWrong.map(written),
    fc.tuple(fc.constantFrom('limit=', 'after=', ''), percentSigns).map((parts) => parts.join('')),
  );
}

function headersOf({ parameters }: Operation): fc.Arbitrary<Record<string, string>> {
  const known = parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name);
  const names = fc.constantFrom(...known, 'x-correlation-id', 'accept', 'x-csrf-token');
  const several = fc.array(fc.tuple(names, hostileHeaders), { maxLength: 2 });
  return fc.oneof(
    fc.constant({}),
    several.map((entries) => Object.fromEntries(entries)),
  );
}
