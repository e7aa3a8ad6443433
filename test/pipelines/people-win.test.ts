import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { placePipeline } from '../../pipelines/place.ts';
import { withScraperActor, withSystemActor, withUserActor } from '../../src/audit/actors.ts';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { SourceRecord } from '../../src/records/sources.ts';
import { User } from '../../src/records/user.ts';
import { applyUndoPlan, planUndoOf } from '../../src/runs/undo.ts';
import { releaseHold } from '../../src/write-policy/holds.ts';
import { Hold, Suggestion } from '../../src/write-policy/models.ts';
import { releaseField } from '../../src/write-policy/release.ts';
import { acceptSuggestions, dismissSuggestions } from '../../src/write-policy/suggestions.ts';
import { emptyTables } from '../helpers/empty-tables.ts';
import { placeItem, testRun, testSource, writeBatch } from '../helpers/pipeline-runner.ts';
import { createTestDatabase } from '../helpers/test-database.ts';

const database = await createTestDatabase();
const { sequelize } = database;
const source = testSource();
let ana: User;

beforeAll(() => bindModels(database));
afterAll(() => database.close());
beforeEach(async () => {
  const tables = ['places', 'events', 'runs', 'source_records', 'match_keys', 'holds', 'suggestions'];
  await emptyTables(sequelize, ...tables, 'released_fields', 'users');
  ana = await withUserActor({ id: null, email: 'setup@example.org' }, () =>
    User.create({ email: 'ana@example.org', username: 'ana', role: 'admin', passwordHash: null }),
  );
});

const address = { streetAddress: '1 Main Street', addressLocality: 'Chicago', postalCode: '60601' };
const item = (values: Record<string, unknown>) =>
  placeItem({ '@id': 'https://town.example/place/1', name: 'Town Hall', address, ...values } as never);
const crawl = async (values: Record<string, unknown>, from = source) => {
  const run = await testRun(from);
  const counts = await writeBatch(database, placePipeline, [item(values)], { source: from, runId: run.id });
  await run.update({ state: 'finished', finishedAt: new Date() });
  return { ...counts, runId: run.id };
};
const place = () => Place.findOne({ rejectOnEmpty: true });
const asAna = (values: Partial<Pick<Place, 'name' | 'telephone' | 'latitude' | 'longitude'>>) =>
  withUserActor(ana, async () => void (await (await place()).update(values)));
const undo = async (runId: string) => {
  const plan = await planUndoOf(sequelize, { filter: { run: runId } }, ana);
  return applyUndoPlan(sequelize, plan.id, { by: ana, reason: 'It was wrong.' });
};

test('a field that a person wrote last keeps its value, and what the source says becomes a suggestion', async () => {
  await crawl({ telephone: '312-555-0100' });
  await asAna({ telephone: '+13125550111' });
  const counts = await crawl({ telephone: '312-555-0122', description: 'Open daily.' });
  expect(counts).toMatchObject({ updated: 1, suggested: 1, held: 0 });
  expect(await place()).toMatchObject({ telephone: '+13125550111', description: 'Open daily.' });
  expect(await Suggestion.findAll()).toMatchObject([
    { field: 'telephone', value: '+13125550122', state: 'open', sourceName: 'town', runId: counts.runId },
  ]);
});

test('a record of which only such fields changed counts as unchanged', async () => {
  await crawl({});
  await asAna({ name: 'The Town Hall' });
  expect(await crawl({ description: undefined, name: 'City Hall' })).toMatchObject({
    updated: 0,
    unchanged: 1,
    suggested: 1,
  });
});

test('a suggestion is kept once per source, with the newest value, and is settled when both agree', async () => {
  await crawl({});
  await asAna({ name: 'The Town Hall' });
  await crawl({ name: 'City Hall' });
  await crawl({ name: 'Old City Hall' });
  expect((await Suggestion.findAll()).map(({ value }) => value)).toEqual(['Old City Hall']);
  await crawl({ name: 'The Town Hall', description: 'New.' });
  expect(await Suggestion.count()).toBe(0);
});

test('a dismissed value stays dismissed, another one is open again', async () => {
  await crawl({});
  await asAna({ name: 'The Town Hall' });
  await crawl({ name: 'City Hall' });
  const [suggestion] = await Suggestion.findAll();
  expect(await dismissSuggestions([suggestion?.id ?? ''], { by: ana })).toBe(1);
  await crawl({ name: 'City Hall', description: 'Again.' });
  expect(await Suggestion.findOne()).toMatchObject({ state: 'dismissed', decidedByEmail: 'ana@example.org' });
  await crawl({ name: 'New City Hall' });
  expect(await Suggestion.findOne()).toMatchObject({ state: 'open', decidedByEmail: null });
});

test('an accepted value is written as the person who accepts it', async () => {
  await crawl({});
  await asAna({ name: 'The Town Hall' });
  await crawl({ name: 'City Hall' });
  const [suggestion] = await Suggestion.findAll();
  const ids = [suggestion?.id ?? ''];
  expect(await acceptSuggestions(sequelize, ids, { by: ana })).toEqual({ accepted: 1, refused: [] });
  expect((await place()).name).toBe('City Hall');
  expect(await Suggestion.findOne()).toMatchObject({ state: 'accepted' });
  await expect(acceptSuggestions(sequelize, ids, { by: ana })).rejects.toMatchObject({
    code: 'SUGGESTION_UNKNOWN',
  });
});

test('fields that are written together are refused together', async () => {
  await crawl({ geo: { latitude: 41.88, longitude: -87.63 } });
  await asAna({ latitude: 41.9 });
  expect(await crawl({ geo: { latitude: 41.95, longitude: -87.7 } })).toMatchObject({
    suggested: 2,
    updated: 0,
  });
  expect(await place()).toMatchObject({ latitude: 41.9, longitude: -87.63 });
});

test('values of the system, of scrapers and of nobody are overwritten', async () => {
  await crawl({ telephone: '312-555-0100' });
  await withSystemActor(async () => void (await (await place()).update({ telephone: '+13125550111' })));
  await withScraperActor(async () => void (await (await place()).update({ name: 'Hall' })));
  expect(await crawl({ telephone: '312-555-0122', description: 'New.' })).toMatchObject({ suggested: 0 });
  expect(await place()).toMatchObject({ telephone: '+13125550122', name: 'Town Hall', description: 'New.' });
});

test('a released field may be written again, also from a page that has not changed, until a person writes it', async () => {
  await crawl({});
  await asAna({ name: 'The Town Hall' });
  await crawl({ name: 'City Hall' });
  const field = { model: 'Place', objectId: (await place()).id, field: 'name' };
  expect(await releaseField(sequelize, field, { by: ana })).toBe(true);
  expect(await crawl({ name: 'City Hall' })).toMatchObject({ updated: 1, suggested: 0 });
  expect(await Suggestion.count({ where: { state: 'open' } })).toBe(0);
  await asAna({ name: 'The Town Hall' });
  expect(await crawl({ name: 'Old City Hall' })).toMatchObject({ updated: 0, suggested: 1 });
});

test('a value that was undone is not written again by its source, but by another; and ends with another value', async () => {
  await crawl({});
  const bad = await crawl({ name: 'Access denied' });
  await undo(bad.runId);
  expect((await place()).name).toBe('Town Hall');
  expect(await crawl({ name: 'Access denied', description: 'Changed.' })).toMatchObject({
    held: 1,
    updated: 1,
  });
  expect(await place()).toMatchObject({ name: 'Town Hall', description: 'Changed.' });
  expect(await crawl({ name: 'Town Hall of Chicago' })).toMatchObject({ held: 0, updated: 1 });
  expect(await Hold.findAll()).toMatchObject([{ value: 'Access denied', releasedBy: 'source' }]);
  expect(await crawl({ name: 'Access denied' })).toMatchObject({ held: 0, updated: 1 });
});

test('a hold that a person releases lets the unchanged page write again', async () => {
  await crawl({});
  const renamed = await crawl({ name: 'City Hall' });
  await undo(renamed.runId);
  expect(await crawl({ name: 'City Hall' })).toMatchObject({ updated: 0 });
  const [hold] = await Hold.findAll();
  await releaseHold(sequelize, hold?.id ?? '', { by: ana });
  expect(await crawl({ name: 'City Hall' })).toMatchObject({ updated: 1 });
  await expect(releaseHold(sequelize, hold?.id ?? '', { by: ana })).rejects.toMatchObject({
    code: 'HOLD_UNKNOWN',
  });
});

test('an undo does not make its field a person’s: the source’s next value is written', async () => {
  await crawl({});
  const bad = await crawl({ name: 'Access denied' });
  await undo(bad.runId);
  expect(await crawl({ name: 'Town Hall, renamed' })).toMatchObject({ updated: 1, suggested: 0 });
});

test('an undo of a value that had replaced a person’s gives it back to that person', async () => {
  await crawl({});
  await asAna({ name: 'The Town Hall' });
  const field = { model: 'Place', objectId: (await place()).id, field: 'name' };
  await releaseField(sequelize, field, { by: ana });
  const bad = await crawl({ name: 'Access denied' });
  await undo(bad.runId);
  await sequelize.query('DELETE FROM released_fields');
  expect(await crawl({ name: 'City Hall' })).toMatchObject({ updated: 0, suggested: 1 });
  expect((await place()).name).toBe('The Town Hall');
});

test('a record that an undo removed is not made again; one that returns is known by its links', async () => {
  const first = await crawl({});
  const { run } = await undo(first.runId);
  expect(await Place.count()).toBe(0);
  expect(await crawl({ name: 'Town Hall', description: 'Other.' })).toMatchObject({ created: 0, updated: 0 });
  await undo(run.id);
  const { id } = await place();
  expect(await crawl({ description: 'Known again.' })).toMatchObject({ created: 0, updated: 1 });
  expect(await place()).toMatchObject({ id, description: 'Known again.' });
  expect(await SourceRecord.count()).toBe(1);
});
