/**
 * Streaming programs in TypeScript: what a program imports.
 *
 * @module
 */
export { RetryableError, StreamdownError } from './errors/error.ts'
