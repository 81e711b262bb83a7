/** How to take back what a call has done, the last change first. */
export class UndoLog {
  #steps: (() => void)[] = []

  note(undo: () => void): void {
    this.#steps.push(undo)
  }

  undo(): void {
    for (const step of this.#steps.reverse()) step()
    this.#steps = []
  }

  forget(): void {
    if (this.#steps.length > 0) this.#steps = []
  }
}
