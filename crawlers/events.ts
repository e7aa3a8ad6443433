import type { Spider } from '../src/crawl/spider.ts';
import { followLinks } from './generic/follow-links.ts';

const promising =
  /event|calend|kalend|agenda|veranstalt|termin|programm?|whats?-?on|what-s-on|gig|concert|concier|konzert|show|sched|evenement|événement|sortir|evento|eventi|cartelera|spectacle|exhibit|ausstellung|festival|arrangement|evenemang|tapahtum|udalost|akce|wydarzeni|etkinlik|событи|мероприят|イベント|活动|행사|فعاليات/iu;

/** Reads events from any site that publishes schema.org data or iCalendar feeds. */
export const eventsSpider: Spider = {
  name: 'events',
  description: 'Events from any site with schema.org data (JSON-LD, microdata) or iCalendar feeds',
  pipeline: 'event',
  follow: (page, visit) => followLinks(page, visit, { promising, wanted: 'event' }),
};
