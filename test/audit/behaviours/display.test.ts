import { expect, test } from 'vitest';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { collectForeignKeys, loadLabels } from '../../../src/audit/read/labels.ts';
import { renderEntryLine } from '../../../src/audit/read/render.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

const at = useAuditedModels('without triggers', (sequelize) => {
  const library = defineLibrary(sequelize);
  auditlog.register(library.Author);
  auditlog.register(library.Book, { displayNames: { pages: 'number of pages' }, manyToMany: ['tags'] });
  return library;
});
/** The newest entry as people read it. */
const lastLine = async () => {
  const entry = await LogEntry.findOne({ order: [['id', 'DESC']], rejectOnEmpty: true });
  return renderEntryLine(entry, { labelOf: await loadLabels(collectForeignKeys([entry])) });
};

test('an update reads as one line of field, old and new value, sorted by field', async () => {
  const book = await asAna(() => at.models.Book.create({ title: 'Emma' }));
  await asAna(() => book.update({ title: 'Persuasion', price: 5 }));
  expect(await lastLine()).toBe('price: (empty) → 5.00; title: Emma → Persuasion');
});

test('a field is called as registered, or as its association, or by its name in words; the log keeps its key', async () => {
  await asAna(() => at.models.Author.create({ name: 'Jane' }));
  const book = await asAna(() => at.models.Book.create({ title: 'Emma' }));
  await asAna(() => book.update({ pages: 1, authorId: 1, publishedAt: null, details: { a: 1 } }));
  expect(await lastLine()).toBe(
    'author: (empty) → Jane (1); details: (empty) → {"a": 1}; number of pages: 100 → 1',
  );
  const entry = await LogEntry.findOne({ order: [['id', 'DESC']], rejectOnEmpty: true });
  expect(Object.keys(entry.changes).toSorted()).toEqual(['authorId', 'details', 'pages']);
});

test('a foreign key whose target is gone says so', async () => {
  const jane = await asAna(() => at.models.Author.create({ name: 'Jane' }));
  const mary = await asAna(() => at.models.Author.create({ name: 'Mary' }));
  const book = await asAna(() => at.models.Book.create({ authorId: jane.id }));
  await asAna(() => book.update({ authorId: mary.id }));
  const line = async () => {
    const entry = await LogEntry.findOne({ where: { model: 'Book', action: 1 }, rejectOnEmpty: true });
    return renderEntryLine(entry, { labelOf: await loadLabels(collectForeignKeys([entry])) });
  };
  expect(await line()).toBe('author: Jane (1) → Mary (2)');
  await asAna(() => jane.destroy());
  expect(await line()).toBe("author: Deleted 'Author' (1) → Mary (2)");
});

test('a many-to-many entry names what was added', async () => {
  const book = await asAna(() => at.models.Book.create({}));
  await asAna(() => book.createTag({ name: 'old' }));
  expect(await lastLine()).toBe('tags: added old');
});
