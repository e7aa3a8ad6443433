import {
  type BelongsToManyAddAssociationMixin,
  type BelongsToManyAddAssociationsMixin,
  type BelongsToManyCreateAssociationMixin,
  type BelongsToManyRemoveAssociationMixin,
  type BelongsToManySetAssociationsMixin,
  type BelongsToSetAssociationMixin,
  type CreationOptional,
  DataTypes,
  type HasManyAddAssociationMixin,
  type HasManyCreateAssociationMixin,
  type HasManyRemoveAssociationMixin,
  type HasManySetAssociationsMixin,
  type HasOneSetAssociationMixin,
  type InferAttributes,
  type InferCreationAttributes,
  type Model,
  type ModelStatic,
  type Sequelize,
} from 'sequelize';

type Row<Self extends Model> = Model<InferAttributes<Self>, InferCreationAttributes<Self>>;

export interface Author extends Row<Author> {
  id: CreationOptional<number>;
  name: CreationOptional<string | null>;
  addBook: HasManyAddAssociationMixin<Book, number>;
  removeBook: HasManyRemoveAssociationMixin<Book, number>;
  setBooks: HasManySetAssociationsMixin<Book, number>;
  createBook: HasManyCreateAssociationMixin<Book, 'authorId'>;
}

export interface Book extends Row<Book> {
  id: CreationOptional<number>;
  title: CreationOptional<string | null>;
  pages: CreationOptional<number>;
  price: CreationOptional<string | number | null>;
  details: CreationOptional<Record<string, unknown> | null>;
  publishedAt: CreationOptional<Date | null>;
  authorId: CreationOptional<number | null>;
  setAuthor: BelongsToSetAssociationMixin<Author, number>;
  setCover: HasOneSetAssociationMixin<Cover, number>;
  addTag: BelongsToManyAddAssociationMixin<Tag, number>;
  addTags: BelongsToManyAddAssociationsMixin<Tag, number>;
  removeTag: BelongsToManyRemoveAssociationMixin<Tag, number>;
  setTags: BelongsToManySetAssociationsMixin<Tag, number>;
  createTag: BelongsToManyCreateAssociationMixin<Tag>;
}

/** A book has one, or none. */
export interface Cover extends Row<Cover> {
  id: CreationOptional<number>;
  colour: CreationOptional<string | null>;
  bookId: CreationOptional<number | null>;
}

export interface Tag extends Row<Tag> {
  id: CreationOptional<number>;
  name: CreationOptional<string | null>;
}

export interface BookTag extends Row<BookTag> {
  bookId: number;
  tagId: number;
}

export interface Library {
  readonly Author: ModelStatic<Author>;
  readonly Book: ModelStatic<Book>;
  readonly Cover: ModelStatic<Cover>;
  readonly Tag: ModelStatic<Tag>;
  readonly BookTag: ModelStatic<BookTag>;
}

// Made anew for each model: Sequelize writes into what it is given.
const id = () => ({ type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true });

/** Models with every kind of association. Registering them is up to the test. */
export function defineLibrary(sequelize: Sequelize): Library {
  const Author = sequelize.define<Author>('Author', { id: id(), name: DataTypes.TEXT });
  const Book = sequelize.define<Book>('Book', {
    id: id(),
    title: DataTypes.TEXT,
    pages: { type: DataTypes.INTEGER, defaultValue: 100 },
    price: DataTypes.DECIMAL(10, 2),
    details: DataTypes.JSONB,
    publishedAt: DataTypes.DATE,
    authorId: DataTypes.INTEGER,
  });
  const Cover = sequelize.define<Cover>('Cover', {
    id: id(),
    colour: DataTypes.TEXT,
    bookId: DataTypes.INTEGER,
  });
  const Tag = sequelize.define<Tag>('Tag', { id: id(), name: DataTypes.TEXT });
  const key = () => ({ type: DataTypes.INTEGER, primaryKey: true });
  const BookTag = sequelize.define<BookTag>(
    'BookTag',
    { bookId: key(), tagId: key() },
    { timestamps: false },
  );
  Author.hasMany(Book, { as: 'books', foreignKey: 'authorId' });
  Book.belongsTo(Author, { as: 'author', foreignKey: 'authorId' });
  Book.hasOne(Cover, { as: 'cover', foreignKey: 'bookId' });
  // Its key is unique already.
  const through = { model: BookTag, unique: false };
  Book.belongsToMany(Tag, { as: 'tags', through, foreignKey: 'bookId', otherKey: 'tagId' });
  Tag.belongsToMany(Book, { as: 'books', through, foreignKey: 'tagId', otherKey: 'bookId' });
  return { Author, Book, Cover, Tag, BookTag };
}
