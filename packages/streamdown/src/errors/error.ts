import type { Span } from './span.ts'
import { type ErrorCode, errorTable } from './table.ts'

export interface ErrorDetails {
  /** The piece of text that it is about, in `text`. */
  readonly at?: Span
  readonly text?: string
  readonly cause?: unknown
}

/** Every error that a user sees: a stable code, what happened, where, and what to do. */
export class StreamdownError extends Error {
  override readonly name: string = 'StreamdownError'
  readonly code: ErrorCode
  readonly fix: string
  readonly at: Span | undefined

  constructor(code: ErrorCode, problem: string, details: ErrorDetails = {}) {
    super(`${code} ${problem}${place(details)}`, details.cause === undefined ? undefined : { cause: details.cause })
    this.code = code
    this.fix = errorTable[code].fix
    this.at = details.at
  }
}

/** An error after which trying again may help (a broken connection, a busy server). */
export class RetryableError extends StreamdownError {
  override readonly name = 'RetryableError'
}

function place({ at, text }: ErrorDetails): string {
  if (at === undefined || text === undefined) return ''
  const before = text.slice(0, at.start)
  const line = before.split('\n').length
  const column = at.start - before.lastIndexOf('\n')
  const { source, start } = excerpt(text.split(/\r?\n/)[line - 1] ?? '', column - 1)
  const width = Math.max(1, Math.min(at.end - at.start, source.length - start))
  return `\n  at line ${line}, column ${column}:\n  | ${source}\n  | ${' '.repeat(start)}${'^'.repeat(width)}`
}

/** What a terminal of 80 columns shows beside the margin. */
const EXCERPT_LENGTH = 76
/** How much of a long line is shown before the place. */
const EXCERPT_LEAD = 30

/** A line, or of a long one the part around a place; and where the place is in it. */
function excerpt(line: string, place: number): { readonly source: string; readonly start: number } {
  if (line.length <= EXCERPT_LENGTH) return { source: line, start: place }
  const from = Math.max(0, Math.min(place - EXCERPT_LEAD, line.length - EXCERPT_LENGTH))
  const to = from + EXCERPT_LENGTH
  const source = `${from > 0 ? '…' : ''}${line.slice(from + (from > 0 ? 1 : 0), to - (to < line.length ? 1 : 0))}${to < line.length ? '…' : ''}`
  return { source, start: place - from }
}
