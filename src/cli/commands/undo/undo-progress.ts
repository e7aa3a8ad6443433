/** How far an undo has come, on stderr: one line that is written over on a terminal, plain lines elsewhere. */
export class UndoProgress {
  #shown = false;

  show(done: number, total: number): void {
    const line = `Undoing: ${done} of ${total} records`;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
    else if (done > 0) process.stderr.write(`${line}\n`);
    this.#shown = true;
  }

  clear(): void {
    if (this.#shown && process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
}
