import { type ErrorDetails, StreamdownError } from '../../errors/error.ts'
import type { Span } from '../../errors/span.ts'
import type { ErrorCode } from '../../errors/table.ts'

/** A binding error at a place of the text; `bindStatement` adds the text itself. */
export class BindProblem extends Error {
  readonly code: ErrorCode
  readonly at: Span | undefined
  constructor(code: ErrorCode, problem: string, at: Span | undefined) {
    super(problem)
    this.code = code
    this.at = at
  }

  withText(text: string | undefined): StreamdownError {
    const details: ErrorDetails = {
      ...(this.at === undefined ? {} : { at: this.at }),
      ...(text === undefined ? {} : { text }),
    }
    return new StreamdownError(this.code, this.message, details)
  }
}

/** Stops binding with a coded error at a place. */
export function fail(code: ErrorCode, problem: string, at?: Span): never {
  throw new BindProblem(code, problem, at)
}

/** What is not there yet, and the nearest form that is. */
export function notYet(what: string, nearest: string, at?: Span): never {
  throw new BindProblem('DSD2005', `${what} is not supported yet. ${nearest}`, at)
}
