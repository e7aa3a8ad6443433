import { formatNumber } from '../../text.ts';
import type { Run } from '../run.ts';
import { type FieldFacts, noFieldFacts, noModelFacts, type RunFacts } from './facts.ts';
import { median, standsOut, thresholds } from './thresholds.ts';

/** What is compared: a run that has ended, what it did, and what the good runs before it did, the newest first. */
export interface Comparison {
  readonly run: Pick<Run, 'state' | 'error' | 'pages' | 'changes' | 'undone'>;
  readonly facts: RunFacts;
  readonly usual: readonly RunFacts[];
}

/** One reason for which a run may deserve a look. */
export interface FlagRule {
  /** Stored with the flag, and stable. */
  readonly name: string;
  /** Sentences with the number that was found and the usual one. A fact that is null is not known: it raises nothing. */
  raise(comparison: Comparison): string[];
}

/** A number of each run that is compared with; of runs whose program did not store it, none. */
function numbersOf(
  usual: readonly RunFacts[],
  number: (facts: RunFacts) => number | null,
): readonly number[] {
  return usual.map(number).filter((each) => each !== null);
}

/** The second half of a flag's sentence: what was usual. */
function usually(usual: readonly number[], unit = ''): string {
  if (usual.length === 0) return 'with no earlier run to compare with';
  const [least, most] = [Math.min(...usual), Math.max(...usual)];
  return `usually ${least === most ? formatNumber(most) : `${formatNumber(least)}–${formatNumber(most)}`}${unit}`;
}

/** "1,988 of 2,001"; a source may have fewer records than were changed. */
function outOf(count: number, all: number | null): string {
  return `${formatNumber(count)} of ${formatNumber(Math.max(all ?? 0, count))}`;
}

interface FieldOfRun {
  readonly model: string;
  readonly field: string;
  /** How many records of the model the source has. */
  readonly known: number | null;
  readonly facts: FieldFacts;
  /** A number of this field in each of the runs that are compared with. */
  before(number: (facts: FieldFacts) => number | null): readonly number[];
}

/** All fields that a run touched. */
function fieldsOfRun({ facts, usual }: Comparison): FieldOfRun[] {
  return Object.entries(facts.models).flatMap(([model, { known, fields }]) =>
    Object.entries(fields).map(([field, ofField]) => ({
      model,
      field,
      known,
      facts: ofField,
      before: (number) =>
        numbersOf(usual, ({ models }) => number(models[model]?.fields[field] ?? noFieldFacts)),
    })),
  );
}

/** The run failed. */
export const failed: FlagRule = {
  name: 'failed',
  raise: ({ run, usual }) => {
    if (run.state !== 'failed') return [];
    const before = numbersOf(usual, ({ pages }) => pages);
    return [`Failed after ${formatNumber(run.pages)} pages, ${usually(before)}: ${run.error}`];
  },
};

const longestValue = 60;

/** One and the same text was written into many records: the mark of a block page that was read as data. */
export const sameValue: FlagRule = {
  name: 'same-value',
  raise: (comparison) =>
    fieldsOfRun(comparison).flatMap(
      ({ model, field, facts: { updates, commonest, commonestCount }, before }) => {
        const usual = before((each) => each.commonestCount);
        if (commonest === null || !standsOut(commonestCount, updates, thresholds.sameValueShare, usual))
          return [];
        const value = JSON.stringify(commonest.slice(0, longestValue));
        return [
          `${model}.${field}: one value, ${value}, was written ${formatNumber(commonestCount)} times, ${usually(usual)}`,
        ];
      },
    ),
};

/** A field changed on an unusual share of the records. */
export const fieldChanged: FlagRule = {
  name: 'field-changed',
  raise: (comparison) =>
    fieldsOfRun(comparison).flatMap(({ model, field, known, facts: { updates }, before }) => {
      const usual = before((each) => each.updates);
      if (!standsOut(updates, known, thresholds.changedShare, usual)) return [];
      return [`${model}.${field} changed on ${outOf(updates, known)}, ${usually(usual)}`];
    }),
};

/** A field lost its value on many records. */
export const fieldEmptied: FlagRule = {
  name: 'field-emptied',
  raise: (comparison) =>
    fieldsOfRun(comparison).flatMap(({ model, field, known, facts: { emptied }, before }) => {
      const usual = before((each) => each.emptied);
      if (!standsOut(emptied, known, thresholds.emptiedShare, usual)) return [];
      return [`${model}.${field} was emptied on ${outOf(emptied, known)}, ${usually(usual)}`];
    }),
};

/** Many records were deleted. */
export const recordsDeleted: FlagRule = {
  name: 'records-deleted',
  raise: ({ facts, usual }) =>
    Object.entries(facts.models).flatMap(([model, { known, deleted }]) => {
      const before = numbersOf(usual, ({ models }) => (models[model] ?? noModelFacts).deleted);
      if (!standsOut(deleted, known, thresholds.deletedShare, before)) return [];
      return [`${outOf(deleted, known)} ${model} records were deleted, ${usually(before)}`];
    }),
};

/** Many records were moved by more than a kilometre. */
export const recordsMoved: FlagRule = {
  name: 'records-moved',
  raise: ({ facts, usual }) =>
    Object.entries(facts.models).flatMap(([model, { known, moved }]) => {
      const before = numbersOf(usual, ({ models }) => (models[model] ?? noModelFacts).moved);
      if (!standsOut(moved, known, thresholds.movedShare, before)) return [];
      return [`${outOf(moved, known)} ${model} records were moved by more than 1 km, ${usually(before)}`];
    }),
};

/** New records lack a field that new records of this source usually have: a reader that broke. */
export const fillRateDropped: FlagRule = {
  name: 'fill-rate-dropped',
  raise: ({ facts, usual }) =>
    Object.entries(facts.models).flatMap(([model, { created }]) => {
      const comparable = usual.filter(({ models }) => (models[model]?.created ?? 0) >= thresholds.records);
      if (created === null || created < thresholds.records || comparable.length === 0) return [];
      const fields = new Set(comparable.flatMap(({ models }) => Object.keys(models[model]?.fields ?? {})));
      return [...fields].flatMap((field) => {
        const before = numbersOf(comparable, (each) => fillRate(each, model, field));
        const usualRate = median(before);
        const now = fillRate(facts, model, field);
        if (now === null || usualRate < thresholds.usuallyFilled) return [];
        if (now >= usualRate * thresholds.stillFilled) return [];
        const filled = facts.models[model]?.fields[field]?.filled ?? 0;
        const percent = before.map((share) => Math.round(share * 100));
        return [
          `${model}.${field} is filled in on ${outOf(filled, created)} new records, ${usually(percent, ' %')}`,
        ];
      });
    }),
};

/** The share of a model's new records that have a value in a field; null where it is not known. */
function fillRate({ models }: RunFacts, model: string, field: string): number | null {
  const { created, fields } = models[model] ?? noModelFacts;
  const { filled } = fields[field] ?? noFieldFacts;
  if (created === null || filled === null) return null;
  return created === 0 ? 0 : filled / created;
}

/** The source gave far fewer items than usual. */
export const itemsDropped: FlagRule = {
  name: 'items-dropped',
  raise: ({ facts: { items, isWhole }, usual }) => {
    const before = numbersOf(
      usual.filter((each) => each.isWhole === true),
      (each) => each.items,
    );
    const expected = median(before);
    if (items === null || isWhole !== true || expected < thresholds.records) return [];
    if (items >= expected * thresholds.itemsShare) return [];
    return [`${formatNumber(items)} items were found, ${usually(before)}`];
  },
};

/** Validation refused an unusual share of the items. */
export const itemsRejected: FlagRule = {
  name: 'items-rejected',
  raise: ({ facts, usual }) => {
    const before = numbersOf(usual, rejectedShare);
    const { rejected, items } = facts;
    const share = rejectedShare(facts);
    if (share === null || rejected === null || rejected < thresholds.fewestRejected) return [];
    if (share < thresholds.rejectedShare || share <= median(before) * thresholds.timesUsual) return [];
    const percent = before.map((each) => Math.round(each * 100));
    return [
      `${formatNumber(rejected)} of ${formatNumber(items ?? 0)} items were rejected, ${usually(percent, ' %')}`,
    ];
  },
};

function rejectedShare({ rejected, items }: RunFacts): number | null {
  if (rejected === null || items === null) return null;
  return items === 0 ? 0 : rejected / items;
}

/** People have undone much of the run. */
export const undone: FlagRule = {
  name: 'undone',
  raise: ({ run }) => {
    if (run.undone === 0 || run.undone < run.changes * thresholds.undoneShare) return [];
    return [
      `${formatNumber(run.undone)} of ${formatNumber(run.changes)} changes were undone by people, usually 0`,
    ];
  },
};
