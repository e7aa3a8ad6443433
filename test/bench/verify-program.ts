import { verifyLog } from '../../src/audit/proof/verify-log.ts';
import { verifySeals } from '../../src/audit/proof/verify-seals.ts';
import { auditlog } from '../../src/audit/record/auditlog.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { defineModels } from '../../src/models.ts';

/** Verifies the log of events and the seals of DATABASE_URL, and prints how long it took and the memory of the first. */
await using database = await openDatabase();
defineModels(database.sequelize);
const start = performance.now();
const registrations = auditlog.registrations().filter(({ modelName }) => modelName === 'Event');
const { models, problems } = await verifyLog(database.sequelize, registrations);
const verifySeconds = (performance.now() - start) / 1000;
// In kilobytes.
const verifyMegabytes = process.resourceUsage().maxRSS / 1000;
const sealStart = performance.now();
const seals = await verifySeals(database.sequelize);
process.stdout.write(
  JSON.stringify({
    entries: models.reduce((sum, { entries }) => sum + entries, 0),
    sealedEntries: seals.entries,
    problems: problems + seals.problems,
    verifySeconds,
    verifyMegabytes,
    sealSeconds: (performance.now() - sealStart) / 1000,
  }),
);
