import { joined } from '../values/bytes.ts'

/** Bytes that steps have written and that have not left yet. */
export class StepBytes {
  #parts: { readonly step: bigint; readonly bytes: Uint8Array }[] = []
  #length = 0

  get length(): number {
    return this.#length
  }

  add(step: bigint, bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#parts.push({ step, bytes })
    this.#length += bytes.length
  }

  /** All of them, and forgets them. */
  take(): Uint8Array {
    const bytes = joined(this.#parts.map(part => part.bytes))
    this.#parts = []
    this.#length = 0
    return bytes
  }

  /** Forgets what a step has added. */
  drop(step: bigint): void {
    this.#parts = this.#parts.filter(part => part.step !== step)
    this.#length = this.#parts.reduce((length, { bytes }) => length + bytes.length, 0)
  }
}
