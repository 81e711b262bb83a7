import { CHUNK_ROWS } from '../batch/batch.ts'
import { SeededRandom } from './clock.ts'

/** A clock that only goes forward, to measure steps with; what it says never reaches an operator. */
export interface Stopwatch {
  /** Milliseconds since some moment, of time or of the thread's work, with fractions. */
  elapsedMs(): number
}

/** How many rows a step takes from each partition at most. The journal notes what was taken, so a replay needs none. */
export interface StepSize {
  /** Called once a step; the function once for each partition, in their order. */
  begin(step: bigint): () => number
  /** The step that began last is over, with so many rows from the partition that gave most. */
  end(mostRows: number): void
}

export interface StepSizeOptions {
  /** Rows at most, the first step's rows when a stopwatch is given; 'random' draws 1 to 1,000 by the seed each time. */
  readonly stepRows: number | 'random'
  readonly seed: number
  /** Measures the steps: their size then follows from how long they take. */
  readonly stopwatch?: Stopwatch
  /** What a step should take then, ms; `STEP_MS` unless said. */
  readonly stepMs?: number
  /** While it is true, steps are to be as large as memory allows, however long they take. */
  readonly bulk?: () => boolean
}

export function createStepSize({ stepRows, seed, stopwatch, stepMs = STEP_MS, bulk }: StepSizeOptions): StepSize {
  if (stepRows === 'random') {
    return {
      begin: step => {
        const cut = new SeededRandom(~seed, step)
        return () => 1 + cut.below(1000)
      },
      end: () => undefined,
    }
  }
  if (stopwatch !== undefined) return new MeasuredSize(stepRows, stopwatch, stepMs, bulk)
  return { begin: () => () => stepRows, end: () => undefined }
}

/** What a step should take, as latency is what a row waits for: the rest of a step, and the next. */
export const STEP_MS = 10
/** One chunk: below it the calls of a step cost more than its rows. */
export const LEAST_ROWS = CHUNK_ROWS
/** Where the size starts, before anything was measured. */
export const FIRST_STEP_ROWS = 65_536
export const MOST_ROWS = 65_536 * 16

/** A smaller step is worth its shorter time when it does at least this part of the rows a millisecond. */
const WORTH = 0.75
/** Smaller steps in a row that were not worth it, until larger ones are allowed: one slow step proves nothing. */
const PROOFS = 2
/** What a longer time allowed becomes from step to step, until it is what it should be again. */
const BACK = 0.9

/**
 * Halves or doubles at most from one step to the next, so that one slow step (a window that closes with many groups)
 * does not undo what many have shown. Only a step that took all it might have says that more is possible.
 *
 * Some steps take their time whatever they hold: a list of a million values is made anew for one more. There smaller
 * steps do no more than repeat that work, so a step may take twice as long as it takes at least.
 */
class MeasuredSize implements StepSize {
  readonly #stopwatch: Stopwatch
  readonly #stepMs: number
  readonly #bulk: () => boolean
  #rows: number
  #began = 0
  #allowedMs: number
  /** Rows a millisecond of a step that the next one is smaller than. */
  #rateBefore: number | undefined
  #inVain = 0

  constructor(firstRows: number, stopwatch: Stopwatch, stepMs: number, bulk: () => boolean = () => false) {
    this.#bulk = bulk
    this.#stopwatch = stopwatch
    this.#stepMs = stepMs
    this.#allowedMs = stepMs
    this.#rows = within(firstRows)
  }

  begin(): () => number {
    this.#began = this.#stopwatch.elapsedMs()
    return () => (this.#bulk() ? MOST_ROWS : this.#rows)
  }

  end(mostRows: number): void {
    const tookMs = Math.max(this.#stopwatch.elapsedMs() - this.#began, 0.001)
    if (this.#bulk() || mostRows === 0 || (tookMs < this.#allowedMs && mostRows < this.#rows)) return
    const rate = mostRows / tookMs
    if (this.#rateBefore !== undefined) this.#inVain = rate < WORTH * this.#rateBefore ? this.#inVain + 1 : 0
    this.#allowedMs = Math.max(this.#stepMs, this.#allowedMs * BACK)
    if (this.#inVain >= PROOFS) {
      this.#inVain = 0
      this.#allowedMs = Math.max(this.#allowedMs, 2 * tookMs)
    }
    const factor = Math.min(2, Math.max(0.5, this.#allowedMs / tookMs))
    this.#rows = within(this.#rows * factor)
    this.#rateBefore = factor < WORTH ? rate : undefined
  }
}

const within = (rows: number): number => Math.round(Math.min(MOST_ROWS, Math.max(LEAST_ROWS, rows)))
