import fc from 'fast-check';

/** Who writes. A bot does it in one of two runs. */
export const hands = ['ana', 'ben', 'botInFirstRun', 'botInSecondRun'] as const;
export type Hand = (typeof hands)[number];

export interface HallWrite {
  readonly model: 'Hall' | 'Show';
  readonly kind: 'create' | 'update' | 'destroy';
  readonly id: number;
  readonly values: Readonly<Record<string, string | number | null>>;
}

/** What one hand writes in one transaction. A write that makes no sense, or is refused, does not happen. */
export interface Deed {
  readonly hand: Hand;
  readonly writes: readonly HallWrite[];
}

/** What is undone of a history. */
export const selections = ['first run', 'both runs', 'the bot', 'the names of the first run', 'ana'] as const;

export interface History {
  readonly deeds: readonly Deed[];
  readonly selection: (typeof selections)[number];
}

const id = fc.integer({ min: 1, max: 3 });
const name = fc.constantFrom('a', 'b', 'c', null);
// Few ids and names, so that writes meet; unique values are rare, because they are mostly refused.
const code = fc.option(fc.constantFrom('x', 'y'), { freq: 3 });
const pointer = fc.option(id, { freq: 2 });
const kind = fc.constantFrom('create', 'create', 'update', 'update', 'update', 'destroy');

const write: fc.Arbitrary<HallWrite> = fc.oneof(
  fc.record({
    model: fc.constant('Hall' as const),
    kind,
    id,
    values: fc.record({ name, code, parentId: pointer }, { requiredKeys: [] }),
  }),
  fc.record({
    model: fc.constant('Show' as const),
    kind,
    id,
    values: fc.record({ name, hallId: pointer }, { requiredKeys: [] }),
  }),
);

export const histories: fc.Arbitrary<History> = fc.record({
  deeds: fc.array(
    fc.record({ hand: fc.constantFrom(...hands), writes: fc.array(write, { minLength: 1, maxLength: 3 }) }),
    { minLength: 3, maxLength: 18 },
  ),
  selection: fc.constantFrom(...selections),
});
