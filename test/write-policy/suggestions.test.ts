import { afterAll, beforeAll, expect, test } from 'vitest';
import { withSystemActor, withUserActor } from '../../src/audit/actors.ts';
import type { JsonValue } from '../../src/audit/values.ts';
import { bindModels } from '../../src/models.ts';
import { Place } from '../../src/records/place.ts';
import { User } from '../../src/records/user.ts';
import { Suggestion } from '../../src/write-policy/models.ts';
import { acceptSuggestions } from '../../src/write-policy/suggestions.ts';
import { createTestDatabase } from '../helpers/test-database.ts';
import { waitForBlocked } from '../helpers/wait-for-blocked.ts';

const database = await createTestDatabase();
const { sequelize } = database;
let ana: User;

beforeAll(async () => {
  await bindModels(database);
  ana = await withSystemActor(() =>
    User.create({ email: 'ana@example.org', username: 'ana', role: 'editor', passwordHash: null }),
  );
});
afterAll(() => database.close());

const hall = () => withSystemActor(() => Place.create({ name: 'Town Hall' }));
const suggest = ({ id }: Place, field: string, value: JsonValue) =>
  Suggestion.create({
    model: 'Place',
    objectId: id,
    objectLabel: 'Town Hall',
    field,
    value,
    runId: null,
    sourceName: 'town',
    sourceUrl: 'https://town.example/1',
  });

test('leaves out what somebody dismisses meanwhile', async () => {
  const place = await hall();
  const name = await suggest(place, 'name', 'City Hall');
  const range = await suggest(place, 'priceRange', '$');
  const dismissing = await sequelize.transaction();
  const decision = { decidedAt: new Date(), decidedById: null, decidedByEmail: 'ben@example.org' };
  await name.update({ state: 'dismissed', ...decision }, { transaction: dismissing });
  const accepting = acceptSuggestions(sequelize, [name.id, range.id], { by: ana });
  await waitForBlocked(sequelize);
  await dismissing.commit();
  expect(await accepting).toEqual({ accepted: 1, refused: [] });
  expect(await place.reload()).toMatchObject({ name: 'Town Hall', priceRange: '$' });
  expect(await name.reload()).toMatchObject({ state: 'dismissed', decidedByEmail: 'ben@example.org' });
});

test('writes a value also where somebody writes another one meanwhile', async () => {
  const place = await hall();
  const { id } = await suggest(place, 'name', 'Town Hall');
  const renaming = await sequelize.transaction();
  await withUserActor(ana, () => place.update({ name: 'Old Hall' }, { transaction: renaming }));
  const accepting = acceptSuggestions(sequelize, [id], { by: ana });
  await waitForBlocked(sequelize);
  await renaming.commit();
  expect(await accepting).toEqual({ accepted: 1, refused: [] });
  expect(await place.reload()).toMatchObject({ name: 'Town Hall' });
});
