import { readFileSync } from 'node:fs';
import { Sequelize } from 'sequelize';
import { findLogEntries } from '/work/main/src/audit/reading/find-log-entries.ts';
import { countLogEntries } from '/work/main/src/audit/reading/count-log-entries.ts';
const url = readFileSync('/tmp/reading-bench/url','utf8').trim();
const sequelize = new Sequelize(url, { logging: false, pool:{max:2} });
const ctx = { actorEmails: { scraper: 'scraper@vibemap.com', system: 'system@vibemap.com' }, runsOfSource: async () => Array.from({length:400},(_, i)=>String(500-i)) };
const filters = {
 stale: { actor: 'old-bot@example.org' }, staleModel: { actor: 'old-bot@example.org', model: 'Place' }, legacy: { model: 'Legacy' }, all: {}, scraperUser: { actor: 'scraper@vibemap.com', model: 'User' },
 rareField: { field: 'series' }, field: { field: 'name' }, runField: { run: '300', field: 'name' }, object: { objectId: '1234' }, objectModel: { model: 'Event', objectId: '1234' },
 source: { source: 'x' }, people: { actorType: 'user' }, peopleFew: { actorType: 'user', action: 'delete' }, database: { actorType: 'database' }, correlation: { correlationId: 'c-100' }, until: { until: new Date('2025-01-03') },
 since: { since: new Date('2025-12-10'), action: 'delete' }, contains: { contains: 'concert 999999' }, containsRun: { run: '300', contains: 'concert 600005' }, excl: { not: { actor: 'scraper@vibemap.com' } },
} as const;
for (const [name, f] of Object.entries(filters)) {
  let best=1e9, r; for (let i=0;i<2;i++){ const t=performance.now(); r = await findLogEntries(sequelize, f as any, {limit:50}, ctx); best=Math.min(best,performance.now()-t);} 
  const t2=performance.now(); const c = await countLogEntries(sequelize, f as any, 10000, ctx); 
  console.log(name.padEnd(14), r!.entries.length, r!.next, best.toFixed(1)+' ms', 'count', c.count, c.capped, (performance.now()-t2).toFixed(1)+' ms');
}
await sequelize.close();
