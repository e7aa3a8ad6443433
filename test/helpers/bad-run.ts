import { placesSpider } from '../../crawlers/places.ts';
import { placePipeline } from '../../pipelines/place.ts';
import { withUserActor } from '../../src/audit/actors.ts';
import { crawlSource } from '../../src/crawl/crawl-source.ts';
import type { CrawlResult } from '../../src/crawl/result.ts';
import type { Database } from '../../src/database/open-database.ts';
import { Place } from '../../src/records/place.ts';
import { User } from '../../src/records/user.ts';
import { TestSite } from '../crawl/helpers/test-site.ts';
import { testSource } from '../crawl/helpers/test-source.ts';

const perPage = 100;

/** A town whose site gave good pages first, and then a block page's title as the name of almost every place. */
export interface BadRun extends AsyncDisposable {
  readonly source: ReturnType<typeof testSource>;
  readonly good: CrawlResult;
  readonly bad: CrawlResult;
  readonly people: Readonly<Record<'ana' | 'ben' | 'cleo', User>>;
  /** What the name of every place should be after the undo, by its id. */
  readonly expectedNames: ReadonlyMap<string, string>;
  /** Places whose name somebody wrote after the bad run, by the e-mail of who did. */
  readonly keptNames: ReadonlyMap<string, string>;
  /** Telephones that Ben gave to places of which the bad run had written the name. */
  readonly telephones: ReadonlyMap<string, string>;
  /** Crawls the bad pages again, with a change that makes every item one to look at anew. */
  crawlAgain(): Promise<CrawlResult>;
}

/**
 * Crawls `count` places, then again with "Access denied" in `denied` names, and lets three people edit some:
 * Ana renames three, Ben changes telephones of four, Cleo renames two and writes one of them back to "Access denied".
 */
export async function makeBadRun(
  database: Database,
  { count = 2001, denied = 1988 }: { count?: number; denied?: number } = {},
): Promise<BadRun> {
  const site = await TestSite.start();
  const state = { denied: 0, edition: 1 };
  const pages = Math.ceil(count / perPage);
  for (let page = 0; page < pages; page += 1)
    site.routes.set(`/places/${page}`, () => ({ body: listPage(site, page, count, state) }));
  const source = testSource(site.url('/places/0'), {
    name: 'town-places',
    spider: 'places',
    startUrls: Array.from({ length: pages }, (_, page) => site.url(`/places/${page}`)),
    country: 'US',
  });
  const crawl = () => crawlSource({ database, spider: placesSpider, pipeline: placePipeline, source });
  const good = await crawl();
  state.denied = denied;
  const bad = await crawl();

  const people = { ana: await person('ana'), ben: await person('ben'), cleo: await person('cleo') };
  const all = await Place.findAll({ order: [['id', 'ASC']] });
  const original = new Map(all.map(({ id, identifier }) => [id, nameOf(Number(identifier))]));
  const [a1, a2, a3, b1, b2, b3, b4, c1, c2] = all.filter(({ name }) => name === 'Access denied');
  const expectedNames = new Map(original);
  const keptNames = new Map<string, string>();
  const rename = async (place: Place | undefined, name: string, by: User) => {
    if (place === undefined) throw new Error('The bad run wrote too few names.');
    await withUserActor(by, () => place.update({ name }));
    expectedNames.set(place.id, name);
    keptNames.set(place.id, by.email);
  };
  for (const [index, place] of [a1, a2, a3].entries())
    await rename(place, `Ana’s name ${index + 1}`, people.ana);
  const telephones = new Map<string, string>();
  for (const [index, place] of [b1, b2, b3, b4].entries()) {
    const telephone = `+1312555010${index}`;
    await withUserActor(people.ben, () => place?.update({ telephone }));
    if (place !== undefined) telephones.set(place.id, telephone);
  }
  await rename(c1, 'Cleo’s name', people.cleo);
  await rename(c2, 'For a moment', people.cleo);
  await rename(c2, 'Access denied', people.cleo);

  const crawlAgain = () => {
    state.edition += 1;
    return crawl();
  };
  const close = () => site[Symbol.asyncDispose]();
  return {
    source,
    good,
    bad,
    people,
    expectedNames,
    keptNames,
    telephones,
    crawlAgain,
    [Symbol.asyncDispose]: close,
  };
}

function nameOf(number: number): string {
  return `Place number ${number}`;
}

function person(name: string): Promise<User> {
  return withUserActor({ id: null, email: 'setup@example.org' }, () =>
    User.create({ email: `${name}@example.org`, username: name, role: 'admin', passwordHash: null }),
  );
}

function listPage(
  site: TestSite,
  page: number,
  count: number,
  { denied, edition }: { denied: number; edition: number },
): string {
  const first = page * perPage;
  const numbers = Array.from({ length: Math.min(perPage, count - first) }, (_, index) => first + index);
  const things = numbers.map((number) => ({
    '@type': 'Library',
    '@id': site.url(`/place/${number}`),
    identifier: String(number),
    name: number < denied ? 'Access denied' : nameOf(number),
    description: `Open to all. Edition ${edition}.`,
    address: { streetAddress: `${number + 1} Main Street`, addressLocality: 'Chicago', postalCode: '60601' },
  }));
  const json = JSON.stringify({ '@context': 'https://schema.org', '@graph': things });
  return `<!doctype html><title>Places</title><script type="application/ld+json">${json}</script>`;
}
