import type { Pointer } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'

const FIRST_BYTES = 64

/** A growing vector of fixed-width values (slots, ordinals) in the worker's accounted memory. */
export class SlotList {
  readonly #memory: Memory
  readonly #width: number
  #at: Pointer = 0
  #capacity = 0
  length = 0

  constructor(memory: Memory, width: 4 | 8 = 4) {
    this.#memory = memory
    this.#width = width
  }

  append(from: Pointer, rows: number): void {
    if (rows === 0) return
    const memory = this.#memory
    const width = this.#width
    if (this.length + rows > this.#capacity) this.#grow(this.length + rows)
    memory.u8(this.#at + this.length * width, rows * width).set(memory.u8(from, rows * width))
    this.length += rows
  }

  /** Overwrites all values, of which there stay as many. */
  replace(from: Pointer): void {
    const bytes = this.length * this.#width
    this.#memory.u8(this.#at, bytes).set(this.#memory.u8(from, bytes))
  }

  /** The address of the value at `index`; valid until the next `append`. */
  at(index: number): Pointer {
    return this.#at + index * this.#width
  }

  bytes(): number {
    return this.#capacity * this.#width
  }

  /** Empties it and gives its memory back. */
  free(): void {
    if (this.#at !== 0) this.#memory.free(this.#at)
    this.#at = 0
    this.#capacity = 0
    this.length = 0
  }

  #grow(rows: number): void {
    const memory = this.#memory
    const capacity = Math.max(FIRST_BYTES / this.#width, rows, this.#capacity * 2)
    const at = memory.alloc(capacity * this.#width)
    if (this.length > 0) memory.u8(at, this.length * this.#width).set(memory.u8(this.#at, this.length * this.#width))
    if (this.#at !== 0) memory.free(this.#at)
    this.#at = at
    this.#capacity = capacity
  }
}
