import { QueryTypes, type Transaction } from 'sequelize';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { eventPipeline } from '../../../pipelines/event.ts';
import { placePipeline } from '../../../pipelines/place.ts';
import { withUserActor } from '../../../src/audit/actors.ts';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { bindModels } from '../../../src/models.ts';
import { UserTip, UserVibe, UserVibeTime } from '../../../src/records/contributions.ts';
import { Event } from '../../../src/records/event.ts';
import { PlaceImage } from '../../../src/records/images.ts';
import { mergePlaces, previewMerge } from '../../../src/records/operations/merge-places.ts';
import { Place } from '../../../src/records/place.ts';
import { User } from '../../../src/records/user.ts';
import { applyUndoPlan, planUndoOf } from '../../../src/runs/undo.ts';
import { Suggestion } from '../../../src/write-policy/models.ts';
import { emptyTables } from '../../helpers/empty-tables.ts';
import { eventItem, placeItem, testSource, writeBatch } from '../../helpers/pipeline-runner.ts';
import { createTestDatabase } from '../../helpers/test-database.ts';
import { waitForBlocked } from '../../helpers/wait-for-blocked.ts';

const database = await createTestDatabase();
const { sequelize } = database;
afterAll(() => database.close());
beforeAll(() => bindModels(database));

let ana: User;

beforeEach(async () => {
  await emptyTables(
    sequelize,
    'users',
    'places',
    'events',
    'user_vibes',
    'user_tips',
    'place_images',
    'runs',
    'source_records',
    'match_keys',
    'suggestions',
    'released_fields',
    'undo_plans',
    'undone_entries',
  );
  ana = await withUserActor({ id: null, email: 'setup@example.org' }, () =>
    User.create({ email: 'ana@example.org', username: 'ana', role: 'admin', passwordHash: null }),
  );
});

const asAna = <Result>(fn: () => Promise<Result>) => withUserActor(ana, fn, { correlationId: 'request-1' });
const merge = (placeId: string, ...duplicateIds: string[]) =>
  asAna(() => mergePlaces(sequelize, { placeId, duplicateIds }));

const hall = {
  name: 'Town Hall',
  address: {
    '@type': ['PostalAddress'],
    streetAddress: '1 Main Street',
    addressLocality: 'Springfield',
    postalCode: '62701',
  },
};
const theHall = {
  name: 'The Town Hall',
  address: {
    '@type': ['PostalAddress'],
    streetAddress: '1 Main St',
    addressLocality: 'Springfield',
    postalCode: '62701',
  },
  telephone: '+1 217 555 2671',
};
const hallPage = 'https://town.example/hall';
const otherSource = testSource({ name: 'guide', spider: 'places' });
const otherPage = 'https://guide.example/the-town-hall';

/** Two records of one hall, each from a source of its own. */
async function twoHalls(): Promise<[string, string]> {
  await writeBatch(database, placePipeline, [placeItem(hall, hallPage)]);
  await writeBatch(database, placePipeline, [placeItem(theHall, otherPage)], { source: otherSource });
  const [first, second] = await Place.findAll({ order: [['id', 'ASC']] });
  if (first === undefined || second === undefined) throw new Error('There should be two places.');
  return [first.id, second.id];
}

describe('a merge', () => {
  test('moves what hangs on the duplicates, fills empty fields, and marks them, as one change of its author', async () => {
    const [stays, goes] = await twoHalls();
    await asAna(async () => {
      await Event.create({ name: 'Quiz', placeId: goes, startDate: new Date(0), timeZone: 'UTC' });
      await UserTip.create({ userId: ana.id, placeId: goes, text: 'Go upstairs' });
      await PlaceImage.create({ placeId: stays, contentUrl: 'https://town.example/1.jpg' });
      await PlaceImage.bulkCreate([
        { placeId: goes, contentUrl: 'https://town.example/1.jpg' },
        { placeId: goes, contentUrl: 'https://town.example/2.jpg', position: 1 },
      ]);
      const [mine, twin] = await UserVibe.bulkCreate([
        { userId: ana.id, placeId: stays, vibe: 'cosy' },
        { userId: ana.id, placeId: goes, vibe: 'cosy' },
        { userId: ana.id, placeId: goes, vibe: 'lively' },
      ]);
      const evening = { opens: '18:00:00', closes: '23:00:00' };
      await UserVibeTime.bulkCreate([
        { userVibeId: mine?.id ?? '', dayOfWeek: ['Friday'], ...evening },
        { userVibeId: twin?.id ?? '', dayOfWeek: ['Friday'], ...evening },
        { userVibeId: twin?.id ?? '', dayOfWeek: ['Sunday'], ...evening },
      ]);
    });
    const newest = Number(await LogEntry.max('id'));
    const preview = await previewMerge(sequelize, { placeId: stays, duplicateIds: [goes] });
    expect(Number(await LogEntry.max('id'))).toBe(newest);

    const { place, filled, moved } = await merge(stays, goes);
    expect(moved).toEqual({ events: 1, tips: 1, images: 1, vibes: 1 });
    expect(preview).toMatchObject({ moved, filled, left: { images: 1, vibes: 1 } });
    expect(filled).toEqual([{ field: 'telephone', value: '+12175552671', fromId: goes }]);
    expect(place).toMatchObject({ name: 'Town Hall', telephone: '+12175552671', isClosed: false });
    expect(await Place.findByPk(goes)).toMatchObject({
      isDuplicate: true,
      isClosed: true,
      duplicateOfId: stays,
      telephone: '+12175552671',
    });
    expect((await Event.findOne())?.placeId).toBe(stays);
    expect((await UserTip.findOne())?.placeId).toBe(stays);
    const images = await PlaceImage.findAll({ where: { placeId: stays }, order: ['position'] });
    expect(images.map(({ contentUrl, position }) => [contentUrl.slice(-5), position])).toEqual([
      ['1.jpg', 0],
      ['2.jpg', 1],
    ]);
    const vibes = await UserVibe.findAll({ where: { placeId: stays }, order: ['id'] });
    expect(vibes.map(({ vibe }) => vibe)).toEqual(['cosy', 'lively']);
    const times = await UserVibeTime.findAll({ where: { userVibeId: vibes[0]?.id }, order: ['id'] });
    expect(times.flatMap(({ dayOfWeek }) => dayOfWeek)).toEqual(['Friday', 'Sunday']);

    const entries = await LogEntry.findAll({ order: ['id'] });
    const written = entries.filter(({ id }) => Number(id) > newest);
    expect(written.map(({ model }) => model).sort()).toEqual([
      'Event',
      'Place',
      'Place',
      'PlaceImage',
      'UserTip',
      'UserVibe',
      'UserVibeTime',
    ]);
    expect(new Set(written.map(({ correlationId }) => correlationId))).toEqual(new Set(['request-1']));
    expect(new Set(written.map(({ actorEmail }) => actorEmail))).toEqual(new Set(['ana@example.org']));
  });

  test('has a correlation id of its own where there is no request, and keeps its reason', async () => {
    const [stays, goes] = await twoHalls();
    const newest = Number(await LogEntry.max('id'));
    await withUserActor(ana, () =>
      mergePlaces(sequelize, { placeId: stays, duplicateIds: [goes], reason: 'One house' }),
    );
    const written = (await LogEntry.findAll()).filter(({ id }) => Number(id) > newest);
    expect(written).toHaveLength(2);
    expect(new Set(written.map(({ correlationId }) => correlationId))).toEqual(
      new Set([expect.stringMatching(/^[0-9a-f-]{36}$/)]),
    );
    expect(written.map(({ extra }) => extra)).toEqual([{ reason: 'One house' }, { reason: 'One house' }]);
  });

  test('takes a whole address or none from a duplicate that lies elsewhere', async () => {
    const [stays, goes] = await asAna(async () => [
      await Place.create({ name: 'Hall', addressLocality: 'Springfield' }),
      await Place.create({ name: 'Hall', streetAddress: '5 Elm Street', addressLocality: 'Shelbyville' }),
    ]);
    const { place } = await merge(stays?.id ?? '', goes?.id ?? '');
    expect(place).toMatchObject({ streetAddress: null, addressLocality: 'Springfield' });
  });

  test('is refused for what is merged already, for itself, for nothing, and for what is not there', async () => {
    const [stays, goes] = await twoHalls();
    const other = await asAna(() => Place.create({ name: 'Hall' }));
    await merge(stays, goes);
    await expect(merge(goes, other.id)).rejects.toThrow(`Merge into place ${stays} instead`);
    await expect(merge(other.id, goes)).rejects.toThrow(`duplicate of place ${stays} already`);
    await expect(merge(stays, stays)).rejects.toMatchObject({ code: 'MERGE_REFUSED' });
    await expect(merge(stays)).rejects.toMatchObject({ code: 'MERGE_REFUSED' });
    await expect(merge(stays, '999')).rejects.toMatchObject({ code: 'PLACE_UNKNOWN' });
    const newest = await LogEntry.max('id');
    await merge(stays, goes);
    expect(await LogEntry.max('id')).toBe(newest);
    await expect(mergePlaces(sequelize, { placeId: stays, duplicateIds: [other.id] })).rejects.toMatchObject({
      code: 'AUDIT_NO_ACTOR',
    });
  });

  test('of one duplicate into two places at once happens once', async () => {
    const [first, second] = await twoHalls();
    const third = await asAna(() => Place.create({ name: 'Hall' }));
    const results = await Promise.allSettled([merge(first, second), merge(third.id, second)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'MERGE_REFUSED' },
    });
  });

  test.each([
    {
      what: 'an event',
      make: (placeId: string) =>
        Event.create({ name: 'Quiz', placeId, startDate: new Date(0), timeZone: 'UTC' }),
      move: (placeId: string, transaction: Transaction) =>
        Event.update({ placeId }, { where: {}, transaction }),
    },
    {
      what: 'a picture',
      make: (placeId: string) => PlaceImage.create({ placeId, contentUrl: 'https://town.example/1.jpg' }),
      move: (placeId: string, transaction: Transaction) =>
        PlaceImage.update({ placeId }, { where: {}, transaction }),
    },
    {
      what: 'a vibe',
      make: (placeId: string) => UserVibe.create({ userId: ana.id, placeId, vibe: 'cosy' }),
      move: (placeId: string, transaction: Transaction) =>
        UserVibe.update({ placeId }, { where: {}, transaction }),
    },
  ])('leaves $what where an editor moves it meanwhile', async ({ make, move }) => {
    const [stays, goes] = await twoHalls();
    const barn = await asAna(() => Place.create({ name: 'Barn' }));
    const record = await asAna(async () => await make(goes));
    const moving = await sequelize.transaction();
    await asAna(() => move(barn.id, moving));
    const merging = merge(stays, goes);
    await waitForBlocked(sequelize);
    await moving.commit();
    expect((await merging).moved).toEqual({ events: 0, images: 0, tips: 0, vibes: 0 });
    expect(await record.reload()).toMatchObject({ placeId: barn.id });
  });

  test('takes along what was merged into a duplicate before', async () => {
    const [first, second] = await twoHalls();
    const third = await asAna(() => Place.create({ name: 'Hall' }));
    await merge(first, second);
    await merge(third.id, first);
    expect(await Place.findByPk(second)).toMatchObject({ duplicateOfId: third.id });
  });
});

describe('crawls after a merge', () => {
  const editions = async (edition: number) => {
    const changed = { ...theHall, description: `Edition ${edition}` };
    return await writeBatch(database, placePipeline, [placeItem(changed, otherPage)], {
      source: otherSource,
    });
  };
  const quiz = (name: string, startDate: string) =>
    eventItem({ name, startDate, location: { '@type': ['Place'], ...theHall } }, `${otherPage}#${name}`);
  const linksOf = async () =>
    await sequelize.query(
      `SELECT source_name, place_id FROM source_records WHERE kind = 'place'
       UNION ALL SELECT key, place_id FROM match_keys WHERE kind = 'place' ORDER BY 1, 2`,
      { type: QueryTypes.SELECT },
    );

  test('update the place that stays, and make no new one', async () => {
    const [stays, goes] = await twoHalls();
    await merge(stays, goes);
    expect(await editions(1)).toMatchObject({ created: 0, updated: 1 });
    expect(await Place.findByPk(stays)).toMatchObject({ description: 'Edition 1' });
    expect(await Place.findByPk(goes)).toMatchObject({ description: null });
    expect(await editions(1)).toMatchObject({ created: 0, updated: 0, unchanged: 1 });
    // A third source, which knows the duplicate's name only.
    const third = testSource({ name: 'third', spider: 'places' });
    const found = placeItem({ ...theHall, priceRange: '$' }, 'https://third.example/hall');
    expect(await writeBatch(database, placePipeline, [found], { source: third })).toMatchObject({
      created: 0,
    });
    expect(await Place.findByPk(stays)).toMatchObject({ priceRange: '$' });
    expect(await Place.count()).toBe(2);
  });

  test('recognise a duplicate by its own address, and leave its name to another place that now has it', async () => {
    const annexe = { ...theHall, address: { ...theHall.address, streetAddress: '3 Elm Street' } };
    await writeBatch(database, placePipeline, [placeItem(hall, hallPage)]);
    await writeBatch(database, placePipeline, [placeItem(annexe, otherPage)], { source: otherSource });
    await merge('1', '2');
    const read = (thing: typeof annexe, source: string) =>
      writeBatch(database, placePipeline, [placeItem(thing, `https://${source}.example/hall`)], {
        source: testSource({ name: source, spider: 'places' }),
      });
    expect(await read(annexe, 'second')).toMatchObject({ created: 0, updated: 1 });
    const oak = { ...theHall.address, streetAddress: '9 Oak Street' };
    // The key of name and page of the duplicate, at another end of the town.
    const url = 'https://third.example/chain';
    const [near, far] = [
      { ...annexe, name: 'Chain', url },
      { ...annexe, name: 'Chain', url, address: oak },
    ];
    expect(await read(near, 'third')).toMatchObject({ created: 1 });
    await merge('1', '3');
    expect(await read(far, 'fourth')).toMatchObject({ created: 1 });
    expect(await read(far, 'fourth')).toMatchObject({ unchanged: 1 });
    expect(await Place.findByPk('4')).toMatchObject({ name: 'Chain', streetAddress: '9 Oak Street' });
  });

  test('hang new events, and those they read again, on the place that stays', async () => {
    const [stays, goes] = await twoHalls();
    const write = (...items: ReturnType<typeof eventItem>[]) =>
      writeBatch(database, eventPipeline, items, { source: otherSource });
    await write(quiz('Quiz', '2027-05-09T19:00'));
    expect((await Event.findOne())?.placeId).toBe(goes);
    await merge(stays, goes);
    const counts = await write(quiz('Quiz', '2027-05-09T20:00'), quiz('Dance', '2027-05-10T20:00'));
    expect(counts).toMatchObject({ created: 1, updated: 1, suggested: 0 });
    expect((await Event.findAll()).map(({ placeId }) => placeId)).toEqual([stays, stays]);
  });

  test('lead to the duplicate again when the merge was undone', async () => {
    const [stays, goes] = await twoHalls();
    const before = await linksOf();
    await merge(stays, goes);
    await editions(1);
    expect(await linksOf()).toEqual(before);
    const plan = await planUndoOf(sequelize, { filter: { correlationId: 'request-1' } }, ana);
    expect(plan.counts).toMatchObject({ restored: 2, skipped: 0 });
    await applyUndoPlan(sequelize, plan.id, { by: ana, reason: 'Two houses after all' });
    expect(await Place.findByPk(stays)).toMatchObject({ telephone: null, isClosed: false });
    expect(await Place.findByPk(goes)).toMatchObject({
      isDuplicate: false,
      isClosed: false,
      duplicateOfId: null,
    });
    await editions(2);
    expect(await Place.findByPk(goes)).toMatchObject({ description: 'Edition 2' });
    expect(await Place.findByPk(stays)).toMatchObject({ description: 'Edition 1' });
  });

  test('may write a field that a scraper had filled, but not one that a person had', async () => {
    const [stays, goes] = await twoHalls();
    await asAna(async () => (await Place.findByPk(goes))?.update({ priceRange: '$$' }));
    await merge(stays, goes);
    const changed = { ...theHall, telephone: '+1 217 555 2672', priceRange: '$' };
    const counts = await writeBatch(database, placePipeline, [placeItem(changed, otherPage)], {
      source: otherSource,
    });
    expect(counts).toMatchObject({ updated: 1, suggested: 1 });
    expect(await Place.findByPk(stays)).toMatchObject({ telephone: '+12175552672', priceRange: '$$' });
    expect(await Suggestion.findAll()).toMatchObject([{ field: 'priceRange', objectId: stays }]);
  });
});
