/**
 * Programs in virtual time, for tests.
 *
 * @module
 */
export type { DeadLetter } from '../api/dead-letter.ts'
export { type SimulateOptions, Simulation, simulate } from '../api/simulate.ts'
