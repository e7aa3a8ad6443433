import type { Spider } from '../src/crawl/spider.ts';
import { followLinks } from './generic/follow-links.ts';

const promising =
  /venue|place|location|where|director|listing|business|restaurant|caf[eé]|museum|musé|gallery|galerie|theat|cinema|kino|hotel|shop|store|branch|filial|standort|visit|eat|drink|attraction|sehensw|orte?\/|lieu|salle|sala|lugar|luogh|locatie|sted|plats|paikk|miejsc|místa|mekan|места|場所|地点|장소|أماكن/iu;

/** Reads places from any site that publishes schema.org data. */
export const placesSpider: Spider = {
  name: 'places',
  description: 'Places (venues, sights, shops, restaurants) from any site with schema.org data',
  pipeline: 'place',
  follow: (page, visit) => followLinks(page, visit, { promising, wanted: 'place' }),
};
