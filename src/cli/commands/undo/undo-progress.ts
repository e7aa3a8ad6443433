/** How far an undo has come, on stderr: one line that is written over on a terminal, plain lines elsewhere. */
export class UndoProgress {
  /** Records, in `total` too. */
  done = 0;
  total = 0;

  show(done: number, total: number): void {
    this.done = done;
    this.total = total;
    const line = `Undoing: ${done} of ${total} records`;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
    else if (done > 0) process.stderr.write(`${line}\n`);
  }

  clear(): void {
    if (this.total > 0 && process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
}
