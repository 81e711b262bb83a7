import { StreamdownError } from '../../errors/error.ts'
import type { Span } from '../../errors/span.ts'

/** A DSD1001 at a piece of the SQL text. */
export function syntaxError(text: string, at: Span, problem: string, cause?: unknown): StreamdownError {
  return new StreamdownError('DSD1001', problem, { at, text, cause })
}
