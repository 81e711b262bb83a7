/**
 * Programs in virtual time, for tests.
 *
 * @module
 */
export { type DeadLetter, type SimulateOptions, Simulation, simulate } from '../api/simulate.ts'
