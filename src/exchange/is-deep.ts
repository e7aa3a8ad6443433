/** How deep the values of a record are nested at most. */
const deepest = 20;

/** Whether a value is nested deeper than any record is: nobody may walk through it by recursion. */
export function isDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) return true;
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  return false;
}
