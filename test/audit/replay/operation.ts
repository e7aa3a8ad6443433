import fc from 'fast-check';
import type { OperationKind } from './operation-kinds.ts';
import type { Rejection } from './rejecting-hooks.ts';

/** Values for a crate's attributes, of the types that Sequelize takes. */
export type CrateValues = Readonly<Record<string, unknown>>;

/** One call, as it is generated. */
export interface Operation {
  readonly kind: OperationKind;
  /** Which of the sequence's few rows are meant; mostly the first one only. */
  readonly slots: readonly number[];
  readonly values: CrateValues;
  /** A number with which calls vary. */
  readonly variant: number;
  readonly fails: Rejection | 'check' | null;
}

/** How many rows of each table a sequence has, besides those that the database numbers. */
const slotCount = 6;

const slot = fc.integer({ min: 1, max: slotCount });

const awkwardText = fc.constantFrom(
  null,
  '',
  'plain',
  'quote \' and " and \\',
  'Ünï🦀cöde',
  'two\nlines',
  '*/ --',
);

const crateValues: fc.Arbitrary<CrateValues> = fc.record(
  {
    name: awkwardText,
    // One code is shared by all: a unique violation as soon as two rows want it.
    code: fc.constantFrom(null, 'shared'),
    count: fc.integer({ min: 0, max: 99 }),
    price: fc.constantFrom(null, '1.50', '0.00', '12345678.90'),
    serial: fc.constantFrom(null, '9007199254740993', '-1'),
    weight: fc.constantFrom(null, 0.1, 1e21, Number.NaN, Number.NEGATIVE_INFINITY),
    soldAt: fc.constantFrom(null, '2026-03-01T12:00:00.123Z', '1969-07-20T20:17:40.000Z').map(asDate),
    soldOn: fc.constantFrom(null, '2026-02-28', '0044-03-15'),
    meta: fc.oneof(
      { weight: 1, arbitrary: fc.constant(null) },
      {
        weight: 3,
        arbitrary: fc.dictionary(fc.constantFrom('a', 'b', 'ü'), fc.constantFrom(null, 1, 'x', [], [1.5])),
      },
    ),
    marks: fc.constantFrom(null, [], ['a', 'b, "c"', '']),
    photo: fc
      .constantFrom(null, '', 'bytes \u0001 of a photo that is longer than one line of base64 would be')
      .map(asBytes),
    secret: fc.constantFrom(null, 'hush', 'hush!'),
    hits: fc.integer({ min: 0, max: 3 }),
    parent: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: slot }),
  },
  { requiredKeys: [] },
);

function asDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

function asBytes(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text);
}

/** Operations of these kinds. */
export function operations(kinds: readonly OperationKind[]): fc.Arbitrary<Operation> {
  return fc.record({
    kind: fc.constantFrom(...kinds),
    slots: fc.uniqueArray(slot, { minLength: 1, maxLength: 3 }),
    values: crateValues,
    variant: fc.nat({ max: 11 }),
    fails: fc.oneof(
      { weight: 12, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constantFrom<Operation['fails']>('before', 'after', 'early', 'check') },
    ),
  });
}
