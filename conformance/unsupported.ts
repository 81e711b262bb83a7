import { StreamdownError } from '../packages/streamdown/src/errors/error.ts'

const codes: ReadonlySet<string> = new Set(['DSD2003', 'DSD2005', 'DSD1001', 'DSD3001', 'DSD5001'])

/** An error that says "not supported", "unknown function" or "not SQL" is no answer, least of all an expected error. */
export function isUnsupported(error: unknown): boolean {
  if (error instanceof StreamdownError) return codes.has(error.code)
  return error instanceof Error && error.cause !== undefined && isUnsupported(error.cause)
}
