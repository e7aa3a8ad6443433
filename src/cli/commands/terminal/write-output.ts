import { writeText } from './write-text.ts';

/** Writes data to stdout, with a line break at its end, as `writeText` does. */
export async function writeOutput(text: string): Promise<void> {
  await writeText(`${text}\n`);
}
