import { expect, test } from 'vitest';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { changesOf } from '../../helpers/changes-of.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

const at = useAuditedModels('with triggers', (sequelize) => {
  const library = defineLibrary(sequelize);
  auditlog.register(library.Book);
  return library;
});

test.each([
  'TRUNCATE log_entries',
  'DELETE FROM log_entries',
  "DELETE FROM log_entries WHERE timestamp < now() + interval '1 day'",
])('the log is not flushed, by whatever asks for it: %s', async (statement) => {
  await asAna(() => at.models.Book.create({ title: 'Emma' }));
  await expect(asAna(() => at.sequelize.query(statement))).rejects.toMatchObject({
    code: 'AUDIT_APPEND_ONLY',
  });
  expect(await changesOf('Book')).toEqual([['create', expect.objectContaining({ title: [null, 'Emma'] })]]);
});
