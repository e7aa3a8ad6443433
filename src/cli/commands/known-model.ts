import { auditlog } from '../../audit/index.ts';

/** The name of a registered model however it is capitalised; other text as it is. */
export function knownModel(name: string): string {
  const known = auditlog.registrations().map(({ modelName }) => modelName);
  return known.find((each) => each.toLowerCase() === name.toLowerCase()) ?? name;
}
