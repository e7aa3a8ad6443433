/**
 * Writes text to stdout as it is. Resolves when it is written, so that a program that is read slowly through a pipe
 * does not pile up its output.
 *
 * @returns false when the reader has seen enough (`| head`) and nothing more is worth writing
 */
export function writeText(text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error && 'code' in error && error.code === 'EPIPE') resolve(false);
      else if (error) reject(error);
      else resolve(true);
    });
  });
}
