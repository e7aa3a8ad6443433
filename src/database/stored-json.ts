import { z } from 'zod';
import { HotspotsError } from '../errors.ts';

/** JSON in a column that outlives the program that wrote it: a later or an earlier version may have to read it. */
export interface StoredJson<Value extends object> {
  /** What is stored: the value and the version of its form. */
  write(value: Value): Value & { readonly version: number };
  /**
   * @param what names the value in the error: "The facts of run 12"
   * @throws HotspotsError STORED_JSON_UNREADABLE
   */
  read(stored: unknown, what: string): Value;
}

const versionSchema = z.looseObject({ version: z.int().min(1).default(1) });

/**
 * Declares the form of stored JSON. A key that is added later needs a default, which stands for "not known" in what
 * was stored before. When a key changes its meaning, the version goes up, and `read` needs a step from the old one.
 *
 * @param schema of the value without its version
 * @param version of what is written; JSON without a version is of version 1
 */
export function storedJson<Value extends object>(schema: z.ZodType<Value>, version = 1): StoredJson<Value> {
  return {
    write: (value) => ({ ...value, version }),
    read: (stored, what) => {
      const versioned = versionSchema.safeParse(stored);
      if (!versioned.success) throw unreadable(what, z.prettifyError(versioned.error));
      const { version: found, ...rest } = versioned.data;
      if (found !== version)
        throw unreadable(what, `It has version ${found}, and this program reads version ${version}.`);
      const value = schema.safeParse(rest);
      if (!value.success) throw unreadable(what, z.prettifyError(value.error));
      return value.data;
    },
  };
}

function unreadable(what: string, problem: string): HotspotsError {
  return new HotspotsError(
    'STORED_JSON_UNREADABLE',
    `${what} cannot be read. It was probably stored by another version of the program. ${problem}`,
  );
}
