import { expect, test } from 'vitest';
import { verifyLog } from '../../../src/audit/proof/verify-log.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { changesOf } from '../../helpers/changes-of.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

const at = useAuditedModels('with triggers', (sequelize) => {
  const library = defineLibrary(sequelize);
  auditlog.register(library.Book, { manyToMany: ['tags'] });
  return library;
});

test('what is attached to a record before its own entry is written does not break the chain', async () => {
  const tree = { title: 'Emma', tags: [{ name: 'old' }] };
  await asAna(() => at.models.Book.create(tree, { include: ['tags'] }));
  const order = (await changesOf('Book')).map(([action]) => action);
  expect(order).toEqual(['update', 'create']);
  const problems: unknown[] = [];
  await verifyLog(at.sequelize, auditlog.registrations(), { onProblem: (problem) => problems.push(problem) });
  expect(problems).toEqual([]);
});
