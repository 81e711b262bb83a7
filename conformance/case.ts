import type { Environment } from '../packages/streamdown/src/session/environment.ts'

/** How one run of a case goes. */
export interface Mode {
  readonly name: 'row by row' | 'two workers, restored'
  readonly workers: number
  readonly stepRows: number | 'random'
  readonly seed: number
  /** Snapshot to bytes in the middle, and go on from there in a new session. */
  readonly restore: boolean
}

export const straight: Mode = { name: 'row by row', workers: 1, stepRows: 1, seed: 1, restore: false }
export const restored: Mode = { name: 'two workers, restored', workers: 2, stepRows: 'random', seed: 2, restore: true }

export interface Case {
  readonly suite: string
  readonly name: string
  /** Resolves when the case holds; throws Mismatch, or the engine's own error. */
  run(mode: Mode, environment: Environment): Promise<void>
}

export interface Outcome {
  readonly suite: string
  readonly name: string
  readonly status: 'passed' | 'failed' | 'unsupported'
  readonly detail: string
}

/** The engine answered, and the answer is not the expected one. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch'
}
