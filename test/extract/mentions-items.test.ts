import { expect, test } from 'vitest';
import { mentionsItems } from '../../src/extract/mentions-items.ts';

test.each([
  '<div itemscope itemtype="https://schema.org/Event">',
  "<div itemscope itemtype='http://schema.org/Thing http://schema.org/Museum'>",
  '<DIV ITEMSCOPE ITEMTYPE=http://schema.org/MusicEvent>',
  '<div itemscope="itemscope"\n itemtype = "https://schema.org/Festival" >',
])('%s may hold an item', (html) => {
  expect(mentionsItems(html)).toBe(true);
});

test.each([
  '<body itemscope itemtype="https://schema.org/WebPage">',
  '<div itemscope>',
  '<div itemtype="https://schema.org/Event">',
  '<div itemscope data-itemtype="https://schema.org/Event">',
  '<p>Event</p>',
])('%s holds none', (html) => {
  expect(mentionsItems(html)).toBe(false);
});
