import { fieldOf, fieldsOf, isRead } from '../kind.ts';
import { comparisonKey } from '../match/comparison-key.ts';
import { type Place, placeDefinition } from '../place.ts';

type PlaceField = keyof typeof placeDefinition.fields;

/** A field that is empty in one place and has a value in another. */
export interface FilledField {
  field: PlaceField;
  value: unknown;
  /** The place that the value comes from. */
  fromId: string;
}

/** What a place can be without, and what its sources say: in a merge it is taken over, and it counts in the ranking. */
export const fillableFields: readonly PlaceField[] = Object.keys(placeDefinition.fields).filter(isFillable);

function isFillable(name: string): name is PlaceField {
  const { isNullable, type } = fieldOf(placeDefinition, name);
  return (isNullable || type === 'list') && isRead(placeDefinition, name);
}

/**
 * What a place can take over from its duplicates: fields that it has no value for, each from the first that has one.
 * Fields that only make sense together are taken from a duplicate that does not contradict what the place has of them.
 */
export function fillFields(place: Place, duplicates: readonly Place[]): FilledField[] {
  const filled = new Map<PlaceField, FilledField>();
  const current = (field: PlaceField) => filled.get(field)?.value ?? place[field];
  for (const duplicate of duplicates) {
    const contradicted = placeDefinition.together.filter((group) => !agree(group, current, duplicate));
    for (const field of fillableFields) {
      if (contradicted.some((group) => group.includes(field))) continue;
      const value = duplicate[field];
      if (isEmpty(current(field)) && !isEmpty(value))
        filled.set(field, { field, value, fromId: duplicate.id });
    }
  }
  return [...filled.values()];
}

export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

/** Half of one address beside half of another would be a third one. */
function agree(group: readonly string[], current: (field: PlaceField) => unknown, duplicate: Place): boolean {
  return fieldsOf(placeDefinition).every(([name, { keyOf = comparisonKey }]) => {
    if (!group.includes(name) || !isFillable(name)) return true;
    const [own, other] = [current(name), duplicate[name]];
    if (isEmpty(own) || isEmpty(other)) return true;
    return typeof own === 'string' && typeof other === 'string' ? keyOf(own) === keyOf(other) : own === other;
  });
}
