import { StreamdownError } from '../errors/error.ts'

/** What went wrong and what to do; a defect comes with its stack. */
export function errorText(error: unknown): string {
  if (error instanceof StreamdownError) return `${error.message}\n  fix: ${error.fix}\n`
  return `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`
}
