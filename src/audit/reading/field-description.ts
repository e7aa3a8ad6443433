import type { Registration } from '../registration.ts';

/** How a field is to be shown. */
export interface FieldDescription {
  /** What people call it: as registered, else the name of the association, else the field's name in words. */
  readonly name: string;
  readonly kind: 'time' | 'foreignKey' | 'other';
  /** The model that a foreign key points to. */
  readonly target: string | null;
}

/** Describes a field; also one that is unknown, of a model that is unknown. */
export function describeField(registration: Registration | undefined, field: string): FieldDescription {
  const names = registration?.displayNames ?? {};
  const given = Object.hasOwn(names, field) ? names[field] : undefined;
  const association = registration === undefined ? undefined : associationOf(registration, field);
  const name = given ?? inWords(association?.as ?? field);
  if (registration === undefined || registration.masked.has(field))
    return { name, kind: 'other', target: null };
  if (association !== undefined) return { name, kind: 'foreignKey', target: association.target };
  return { name, kind: isTime(registration, field) ? 'time' : 'other', target: null };
}

/** The association whose foreign key the field is, if it points to the target's primary key. */
function associationOf({ model }: Registration, field: string): { as: string; target: string } | undefined {
  for (const { associationType, foreignKey, as, target, ...rest } of Object.values(model.associations)) {
    if (associationType !== 'BelongsTo' || foreignKey !== field) continue;
    if ('targetKey' in rest && rest.targetKey !== target.primaryKeyAttribute) continue;
    return { as, target: target.name };
  }
  return undefined;
}

function isTime({ model }: Registration, field: string): boolean {
  const attributes = model.getAttributes();
  const type = Object.hasOwn(attributes, field) ? attributes[field]?.type : undefined;
  return typeof type === 'object' && 'key' in type && type.key === 'DATE';
}

/** "startDate" and "start_date" as "start date"; capitals that belong together stay: "source URL". */
function inWords(field: string): string {
  return field
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[\s_]+/)
    .filter((word) => word !== '')
    .map((word) => (/^\p{Lu}{2,}$/u.test(word) ? word : word.toLowerCase()))
    .join(' ');
}
