import type { Attempt } from './match-attempt.ts'

/** Rows of open attempts that are held beyond one step. */
const MOST_ROWS = 2 ** 18

/**
 * Open attempts of partitions, by slot, as they are searched with: a step goes on from them, and costs what it adds. What
 * would be too many goes back to its bytes, those looked at longest ago first.
 */
export class OpenAttempts {
  readonly #attempts = new Map<number, { readonly attempt: Attempt; readonly rows: number }>()
  readonly #mostRows: number
  #rows = 0

  constructor(mostRows = MOST_ROWS) {
    this.#mostRows = mostRows
  }

  get(slot: number): Attempt | undefined {
    return this.#attempts.get(slot)?.attempt
  }

  set(slot: number, attempt: Attempt): void {
    this.delete(slot)
    const rows = attempt.next - attempt.start
    this.#attempts.set(slot, { attempt, rows })
    this.#rows += rows
  }

  delete(slot: number): void {
    const known = this.#attempts.get(slot)
    if (known === undefined) return
    this.#attempts.delete(slot)
    this.#rows -= known.rows
  }

  /** Those that are too many, which are forgotten here. The last one stays, whatever its size. */
  takeExcess(): readonly (readonly [slot: number, attempt: Attempt])[] {
    const excess: (readonly [number, Attempt])[] = []
    for (const [slot, { attempt }] of this.#attempts) {
      if (this.#rows <= this.#mostRows || this.#attempts.size === 1) break
      excess.push([slot, attempt])
      this.delete(slot)
    }
    return excess
  }

  all(): readonly (readonly [slot: number, attempt: Attempt])[] {
    return Array.from(this.#attempts, ([slot, { attempt }]) => [slot, attempt] as const)
  }

  clear(): void {
    this.#attempts.clear()
    this.#rows = 0
  }
}
