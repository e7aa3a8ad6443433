/**
 * Whether all statements of a call have their entries. A class, because Sequelize copies plain objects in options
 * and passes class instances on as they are.
 */
export class WriteProgress {
  #unrecorded = 0;

  sent(): void {
    this.#unrecorded += 1;
  }

  recorded(): void {
    this.#unrecorded -= 1;
  }

  get isBehind(): boolean {
    return this.#unrecorded > 0;
  }
}
