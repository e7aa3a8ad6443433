/**
 * Writes data to stdout, with a line break at its end. Resolves when it is written, so that a program that is
 * read slowly through a pipe does not pile up its output.
 */
export function writeOutput(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) => {
      // The reader has seen enough (`| head`).
      if (error && 'code' in error && error.code === 'EPIPE') resolve();
      else if (error) reject(error);
      else resolve();
    });
  });
}
