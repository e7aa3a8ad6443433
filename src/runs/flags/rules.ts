import { formatNumber } from '../../text.ts';
import { type FieldFacts, noFieldFacts, type RunFacts } from './facts.ts';
import { standsOut, thresholds } from './thresholds.ts';

export interface FieldOfRun {
  readonly model: string;
  readonly field: string;
  /** How many records of the model the source has. */
  readonly known: number;
  readonly facts: FieldFacts;
}

/** All fields that a run touched. */
export function fieldsOfRun({ models }: RunFacts): FieldOfRun[] {
  return Object.entries(models).flatMap(([model, { known, fields }]) =>
    Object.entries(fields).map(([field, facts]) => ({ model, field, known, facts })),
  );
}

/** A number of one field in each of the runs that are compared with. */
export function usualOfField(
  usual: readonly RunFacts[],
  model: string,
  field: string,
  number: (facts: FieldFacts) => number,
): number[] {
  return usual.map((facts) => number(facts.models[model]?.fields[field] ?? noFieldFacts));
}

/** What a run is compared with: the facts of good runs before it, the newest first. */
export interface Comparison {
  readonly facts: RunFacts;
  readonly usual: readonly RunFacts[];
}

/** One reason for which a run may deserve a look. */
export interface FlagRule {
  readonly name: string;
  /** Sentences with the number that was found and the usual one. */
  raise(comparison: Comparison): string[];
}

/** The second half of a flag's sentence: what was usual. */
export function usually(usual: readonly number[], unit = ''): string {
  if (usual.length === 0) return 'with no earlier run to compare with';
  const [least, most] = [Math.min(...usual), Math.max(...usual)];
  return `usually ${least === most ? formatNumber(most) : `${formatNumber(least)}–${formatNumber(most)}`}${unit}`;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] ?? 0, sorted[Math.floor(middle)] ?? 0];
  return (low + high) / 2;
}

/** A field changed on an unusual share of the records. */
export const fieldChanged: FlagRule = {
  name: 'field-changed',
  raise: ({ facts, usual }) =>
    fieldsOfRun(facts).flatMap(({ model, field, known, facts: { updates } }) => {
      const before = usualOfField(usual, model, field, (each) => each.updates);
      if (!standsOut(updates, known, thresholds.changedShare, median(before))) return [];
      return [
        `${model}.${field} changed on ${formatNumber(updates)} of ${formatNumber(Math.max(known, updates))}, ${usually(before)}`,
      ];
    }),
};

/** A field lost its value on many records. */
export const fieldEmptied: FlagRule = {
  name: 'field-emptied',
  raise: ({ facts, usual }) =>
    fieldsOfRun(facts).flatMap(({ model, field, known, facts: { emptied } }) => {
      const before = usualOfField(usual, model, field, (each) => each.emptied);
      if (!standsOut(emptied, known, thresholds.emptiedShare, median(before))) return [];
      return [
        `${model}.${field} was emptied on ${formatNumber(emptied)} of ${formatNumber(Math.max(known, emptied))}, ${usually(before)}`,
      ];
    }),
};

/** New records lack a field that new records of this source usually have: a reader that broke. */
export const fillRateDropped: FlagRule = {
  name: 'fill-rate-dropped',
  raise: ({ facts, usual }) =>
    Object.entries(facts.models).flatMap(([model, { created }]) => {
      const comparable = usual.filter(({ models }) => (models[model]?.created ?? 0) >= thresholds.records);
      if (created < thresholds.records || comparable.length === 0) return [];
      const fields = new Set(comparable.flatMap(({ models }) => Object.keys(models[model]?.fields ?? {})));
      return [...fields].flatMap((field) => {
        const before = comparable.map((each) => rate(each, model, field));
        const usualRate = median(before);
        const now = rate(facts, model, field);
        if (usualRate < thresholds.usuallyFilled || now >= usualRate * thresholds.stillFilled) return [];
        const percent = before.map((share) => Math.round(share * 100));
        const filled = facts.models[model]?.fields[field]?.filled ?? 0;
        return [
          `${model}.${field} is filled in on ${formatNumber(filled)} of ${formatNumber(created)} new records, ${usually(percent, ' %')}`,
        ];
      });
    }),
};

function rate({ models }: RunFacts, model: string, field: string): number {
  const ofModel = models[model];
  if (ofModel === undefined || ofModel.created === 0) return 0;
  return (ofModel.fields[field] ?? noFieldFacts).filled / ofModel.created;
}

/** The source gave far fewer items than usual. */
export const itemsDropped: FlagRule = {
  name: 'items-dropped',
  raise: ({ facts, usual }) => {
    const before = usual.filter(({ isWhole }) => isWhole).map(({ items }) => items);
    const expected = median(before);
    if (!facts.isWhole || expected < thresholds.records || facts.items >= expected * thresholds.itemsShare)
      return [];
    return [`${formatNumber(facts.items)} items were found, ${usually(before)}`];
  },
};

/** Validation refused an unusual share of the items. */
export const itemsRejected: FlagRule = {
  name: 'items-rejected',
  raise: ({ facts, usual }) => {
    const before = usual.map(share);
    const isMany = facts.rejected >= thresholds.fewestRejected && share(facts) >= thresholds.rejectedShare;
    if (!isMany || share(facts) <= median(before) * thresholds.timesUsual) return [];
    const percent = before.map((each) => Math.round(each * 100));
    return [
      `${formatNumber(facts.rejected)} of ${formatNumber(facts.items)} items were rejected, ${usually(percent, ' %')}`,
    ];
  },
};

function share({ rejected, items }: RunFacts): number {
  return items === 0 ? 0 : rejected / items;
}

/** Many records were deleted. */
export const recordsDeleted: FlagRule = {
  name: 'records-deleted',
  raise: ({ facts, usual }) =>
    Object.entries(facts.models).flatMap(([model, { known, deleted }]) => {
      const before = usual.map(({ models }) => models[model]?.deleted ?? 0);
      if (!standsOut(deleted, known, thresholds.deletedShare, median(before))) return [];
      return [
        `${formatNumber(deleted)} of ${formatNumber(Math.max(known, deleted))} ${model} records were deleted, ${usually(before)}`,
      ];
    }),
};

/** Many records were moved by more than a kilometre. */
export const recordsMoved: FlagRule = {
  name: 'records-moved',
  raise: ({ facts, usual }) =>
    Object.entries(facts.models).flatMap(([model, { known, moved }]) => {
      const before = usual.map(({ models }) => models[model]?.moved ?? 0);
      if (!standsOut(moved, known, thresholds.movedShare, median(before))) return [];
      return [
        `${formatNumber(moved)} of ${formatNumber(Math.max(known, moved))} ${model} records were moved by more than 1 km, ${usually(before)}`,
      ];
    }),
};

const longestValue = 60;

/** One and the same text was written into many records: the mark of a block page that was read as data. */
export const sameValue: FlagRule = {
  name: 'same-value',
  raise: ({ facts, usual }) =>
    fieldsOfRun(facts).flatMap(({ model, field, facts: { updates, commonest, commonestCount } }) => {
      const before = usualOfField(usual, model, field, (each) => each.commonestCount);
      if (
        commonest === null ||
        !standsOut(commonestCount, updates, thresholds.sameValueShare, median(before))
      )
        return [];
      const [value, count] = [JSON.stringify(commonest.slice(0, longestValue)), formatNumber(commonestCount)];
      return [`${model}.${field}: one value, ${value}, was written ${count} times, ${usually(before)}`];
    }),
};
