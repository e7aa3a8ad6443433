import { type FieldFacts, noFieldFacts, type RunFacts } from './run-facts.ts';

export interface FieldOfRun {
  readonly model: string;
  readonly field: string;
  /** How many records of the model the source has. */
  readonly known: number;
  readonly facts: FieldFacts;
}

/** All fields that a run touched. */
export function fieldsOf({ models }: RunFacts): FieldOfRun[] {
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
