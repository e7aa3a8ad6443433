import type { JsonValue } from '../json-value.ts';
import type { Registration } from '../registration.ts';

/** A recorded value as the model's attribute takes it: the way back from `jsonValue`. */
export function attributeValue(registration: Registration, attribute: string, value: JsonValue): unknown {
  return valueOfType(registration.model.getAttributes()[attribute]?.type, value);
}

function valueOfType(type: unknown, value: JsonValue): unknown {
  if (value === null) return null;
  switch (keyOf(type)) {
    case 'DATE':
      return typeof value === 'string' ? dateOf(value) : value;
    // Numbers that JSON lacks are recorded by name.
    case 'DOUBLE PRECISION':
    case 'FLOAT':
    case 'REAL':
      return Number(value);
    case 'BLOB':
      return typeof value === 'string' ? Buffer.from(value, 'base64') : value;
    case 'ARRAY':
      return Array.isArray(value)
        ? value.map((element) => valueOfType(partOf(type, 'type'), element))
        : value;
    case 'RANGE':
      return Array.isArray(value) ? value.map((bound) => boundOf(partOf(type, '_subtype'), bound)) : value;
    default:
      return value;
  }
}

function boundOf(subtype: unknown, bound: JsonValue): unknown {
  if (typeof bound !== 'object' || bound === null || Array.isArray(bound)) return bound;
  return { ...bound, value: valueOfType(subtype, bound.value ?? null) };
}

function dateOf(text: string): Date | number {
  return text === 'Infinity' || text === '-Infinity' ? Number(text) : new Date(text);
}

/** The name of a Sequelize data type: its own, or, for a range's subtype, as plain text. */
function keyOf(type: unknown): string | undefined {
  if (typeof type === 'string') return type;
  const key = partOf(type, 'key');
  return typeof key === 'string' ? key : undefined;
}

function partOf(type: unknown, part: string): unknown {
  return (typeof type === 'object' && type !== null) || typeof type === 'function'
    ? Reflect.get(type, part)
    : undefined;
}
