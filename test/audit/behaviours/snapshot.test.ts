import { DataTypes, type Sequelize } from 'sequelize';
import { describe, expect, test } from 'vitest';
import { LogEntry } from '../../../src/audit/log-entry.ts';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

function defineParcels(sequelize: Sequelize) {
  const Depot = sequelize.define('Depot', { name: DataTypes.TEXT });
  const Parcel = sequelize.define('Parcel', {
    id: { type: DataTypes.UUID, primaryKey: true },
    sentAt: DataTypes.DATE,
    dueOn: DataTypes.DATEONLY,
    price: DataTypes.DECIMAL(8, 2),
    token: DataTypes.TEXT,
    notes: DataTypes.TEXT,
  });
  Parcel.belongsTo(Depot, { as: 'depot', foreignKey: 'depotId' });
  auditlog.register(Depot);
  auditlog.register(Parcel, { snapshot: true, exclude: ['notes'] });
  return { Depot, Parcel };
}

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, defineParcels);
  const snapshots = async (model: string) => {
    const entries = await LogEntry.findAll({ where: { model }, order: ['id'] });
    return entries.map((entry) => entry.snapshot);
  };

  test('a model that does not ask for snapshots has none', async () => {
    await asAna(() => at.models.Depot.create({ name: 'North' }));
    await asAna(() => at.models.Depot.update({ name: 'South' }, { where: {} }));
    expect(await snapshots('Depot')).toEqual([null, null]);
  });

  test('a snapshot is the row as stored: typed, masked, with keys for related rows', async () => {
    await asAna(() => at.models.Depot.create({ name: 'North' }));
    const given = {
      id: '6F1C0C9E-3B53-4C0E-9F5D-2F1F6A1B7C11',
      sentAt: '2026-03-01T21:00:00+09:00',
      dueOn: '2026-03-02',
      price: 5,
      token: 't0p',
      notes: 'excluded',
      depotId: '1',
    };
    const parcel = await asAna(() => at.models.Parcel.create(given));
    await asAna(() => parcel.update({ price: '7.1' }));
    await asAna(() => at.models.Parcel.update({ sentAt: null }, { where: {} }));
    await asAna(() => parcel.destroy());
    const stored = {
      id: '6f1c0c9e-3b53-4c0e-9f5d-2f1f6a1b7c11',
      sentAt: '2026-03-01T12:00:00.000Z',
      dueOn: '2026-03-02',
      price: '5.00',
      token: '********',
      depotId: 1,
    };
    expect(await snapshots('Parcel')).toEqual([
      stored,
      { ...stored, price: '7.10' },
      { ...stored, price: '7.10', sentAt: null },
      { ...stored, price: '7.10', sentAt: null },
    ]);
  });
});
