import { DataTypes, type Sequelize } from 'sequelize';
import { describe, expect, test } from 'vitest';
import { auditlog } from '../../../src/audit/record/auditlog.ts';
import { asAna } from '../../helpers/as-ana.ts';
import { auditModes } from '../../helpers/audit-modes.ts';
import { changesOf } from '../../helpers/changes-of.ts';
import { defineLibrary } from '../../helpers/library.ts';
import { logOf } from '../../helpers/log-of.ts';
import { useAuditedModels } from '../../helpers/use-audited-models.ts';

function defineRelations(sequelize: Sequelize) {
  const library = defineLibrary(sequelize);
  auditlog.register([library.Author, library.Book, library.Cover]);
  const Vehicle = sequelize.define('Vehicle', { name: DataTypes.TEXT, wheels: DataTypes.INTEGER });
  const Boat = sequelize.define('Boat', { name: DataTypes.TEXT, sails: DataTypes.INTEGER });
  Boat.belongsTo(Vehicle, { as: 'trailer', foreignKey: 'trailerId' });
  Vehicle.hasMany(Boat, { as: 'boats', foreignKey: 'trailerId' });
  auditlog.register([Vehicle, Boat]);
  const Labelled = sequelize.define('Labelled', { name: DataTypes.TEXT });
  auditlog.register(Labelled, {
    label: () => {
      throw new RangeError('the related row is gone');
    },
  });
  return { ...library, Vehicle, Boat, Labelled };
}

describe.each(auditModes)('%s', (mode) => {
  const at = useAuditedModels(mode, defineRelations);
  const start = async () => {
    const { Author, Book } = at.models;
    return asAna(async () => ({
      jane: await Author.create({ name: 'Jane' }),
      anne: await Author.create({ name: 'Jane' }),
      book: await Book.create({ title: 'Emma', authorId: 1 }),
    }));
  };

  test('a foreign key is recorded alike when it is assigned and when the association is set', async () => {
    const { jane, anne, book } = await start();
    await asAna(() => book.setAuthor(anne));
    await asAna(() => book.update({ authorId: jane.id }));
    book.set({ authorId: anne.id, pages: 1 });
    await asAna(() => book.save({ fields: ['authorId'] }));
    expect((await changesOf('Book')).slice(1)).toEqual([
      ['update', { authorId: [1, 2] }],
      ['update', { authorId: [2, 1] }],
      ['update', { authorId: [1, 2] }],
    ]);
  });

  test('a related record that gets another name changes nothing for those that refer to it', async () => {
    const { jane } = await start();
    await asAna(() => jane.update({ name: 'Jane Austen' }));
    expect(await changesOf('Book')).toHaveLength(1);
    expect((await changesOf('Author', '1'))[1]).toEqual(['update', { name: ['Jane', 'Jane Austen'] }]);
  });

  test('a foreign key that goes to another record of the same name is a change', async () => {
    const { book } = await start();
    await asAna(() => book.update({ authorId: 2 }));
    expect((await changesOf('Book'))[1]).toEqual(['update', { authorId: [1, 2] }]);
  });

  test('records with loaded associations are saved and destroyed like others', async () => {
    await start();
    const jane = await at.models.Author.findByPk(1, { include: 'books', rejectOnEmpty: true });
    await asAna(() => jane.update({ name: 'J.' }));
    const book = await at.models.Book.findOne({ include: ['author', 'cover', 'tags'], rejectOnEmpty: true });
    await asAna(() => book.update({ pages: 1 }));
    await asAna(() => book.destroy());
    expect((await changesOf('Author', '1'))[1]).toEqual(['update', { name: ['Jane', 'J.'] }]);
    expect((await changesOf('Book')).slice(1)).toEqual([
      ['update', { pages: [100, 1] }],
      ['delete', { title: ['Emma', null], pages: [1, null], authorId: [1, null] }],
    ]);
  });

  test('related models with different columns are recorded each with its own', async () => {
    const { Vehicle, Boat } = at.models;
    await asAna(async () => {
      const vehicle = await Vehicle.create({ name: 'trailer', wheels: 2 });
      const boat = await Boat.create({ name: 'boat', sails: 1, trailerId: vehicle.get('id') });
      const loaded = await Boat.findOne({ include: 'trailer', rejectOnEmpty: true });
      await loaded.update({ sails: 2, wheels: 4 });
      await boat.destroy();
    });
    expect(await changesOf('Vehicle')).toEqual([['create', { name: [null, 'trailer'], wheels: [null, 2] }]]);
    expect(await changesOf('Boat')).toEqual([
      ['create', { name: [null, 'boat'], sails: [null, 1], trailerId: [null, 1] }],
      ['update', { sails: [1, 2] }],
      ['delete', { name: ['boat', null], sails: [2, null], trailerId: [1, null] }],
    ]);
  });

  test('a record whose label cannot be made is recorded under a placeholder', async () => {
    await asAna(() => at.models.Labelled.create({ name: 'x' }));
    expect(await logOf('Labelled')).toMatchObject([
      { action: 'create', objectLabel: 'Labelled 1 (no label: RangeError)', changes: { name: [null, 'x'] } },
    ]);
  });
});
