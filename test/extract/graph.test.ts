import { expect, test } from 'vitest';
import { eventTypes, kindOfThing, placeTypes } from '../../src/extract/graph.ts';

test('subtypes of Event are events, series included', () => {
  for (const type of ['Event', 'MusicEvent', 'Festival', 'EventSeries', 'CourseInstance', 'Hackathon']) {
    expect(kindOfThing([type]), type).toBe('event');
  }
});

test('subtypes of Place are places, down to the leaves of LocalBusiness and CivicStructure', () => {
  for (const type of [
    'Place',
    'LocalBusiness',
    'CafeOrCoffeeShop',
    'CatholicChurch',
    'Museum',
    'Waterfall',
  ]) {
    expect(kindOfThing([type]), type).toBe('place');
  }
});

test('other types, counted clicks and types of other vocabularies are neither', () => {
  for (const type of [
    'Person',
    'Organization',
    'UserLikes',
    'VirtualLocation',
    'http://example.org/Event',
    'event',
  ]) {
    expect(kindOfThing([type]), type).toBeNull();
  }
  expect(kindOfThing([])).toBeNull();
});

test('an event that is also typed as a place is an event', () => {
  expect(kindOfThing(['TouristAttraction', 'Festival'])).toBe('event');
});

test('no type is in both lists, and both are sorted', () => {
  expect([...eventTypes].filter((type) => placeTypes.has(type))).toEqual([]);
  for (const types of [eventTypes, placeTypes]) expect([...types]).toEqual([...types].toSorted());
});
