import type { Environment } from '../packages/streamdown/src/session/environment.ts'

/** How one run of a case goes. */
export interface Mode {
  readonly name: 'row by row' | 'two workers, restored' | 'all in one step'
  readonly workers: number
  readonly stepRows: number | 'random'
  readonly seed: number
  /** Snapshot to bytes in the middle, and go on from there in a new session. */
  readonly restore: boolean
  /** All input is there before the first step, which takes it. */
  readonly whole: boolean
}

/** More rows than any case has. */
const ALL_ROWS = 1 << 20

export const straight: Mode = {
  name: 'row by row',
  workers: 1,
  stepRows: 1,
  seed: 1,
  restore: false,
  whole: false,
}
export const restored: Mode = {
  name: 'two workers, restored',
  workers: 2,
  stepRows: 'random',
  seed: 2,
  restore: true,
  whole: false,
}
/** Where the size of a step may decide the answer. */
export const rowByRowRestored: Mode = { ...restored, stepRows: 1 }
export const oneStep: Mode = {
  name: 'all in one step',
  workers: 1,
  stepRows: ALL_ROWS,
  seed: 3,
  restore: false,
  whole: true,
}

/** What else is known of a run in which the case held. */
export interface Held {
  /** How the changes one by one differ from the given ones, which is no failure. */
  readonly difference?: string | undefined
  /** The rows that a step takes may decide the answer: late rows were dropped, or a query reads the watermark. */
  readonly stepDecides?: boolean
}

export interface Case {
  readonly suite: string
  readonly name: string
  /** The case gives not only the final table: `run` compares the changes that lead to it, one by one. */
  readonly givesChanges: boolean
  /** Resolves when the case holds. Throws Mismatch, or the engine's own error. */
  run(mode: Mode, environment: Environment): Promise<Held>
}

export interface Outcome {
  readonly suite: string
  readonly name: string
  readonly status: 'passed' | 'failed' | 'unsupported'
  /** Only of cases that give changes: whether those at one row a step are the same, one by one. */
  readonly exact?: boolean
  readonly detail: string
}

/** The engine answered, and the answer is not the expected one. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch'
}
