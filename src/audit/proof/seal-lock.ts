/**
 * The key of the lock by which those take turns that seal the log or remove what is sealed: any number that no other
 * program on the database uses.
 */
export const sealLock = 7_463_127_005n;
