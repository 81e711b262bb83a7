import type { Memory } from '../../batch/memory.ts'
import type { FailedIn, FailedRows } from '../../compile/compiled.ts'
import { errorTable, failureCode } from '../../errors/table.ts'
import { expressionText } from '../../plan/explain/text.ts'
import type { Expression } from '../../plan/expressions/expression.ts'
import type { Schema } from '../../types/data-type.ts'

/**
 * Failed rows whose messages begin with what failed: `column "total": `, `price * quantity: `, `condition 10 / q > 1: `.
 * `schema`: the names of the outputs.
 */
export function withExpressions(
  memory: Memory,
  failed: FailedRows,
  { input, outputs, schema }: ExpressionNames,
): FailedRows {
  const codes = memory.u8(failed.codes, failed.count)
  const messages = new Map(failed.messages)
  for (const [row, place] of (failed.failedIn ?? []).entries()) {
    const code = failureCode(codes[row] ?? 0)
    // What does not fit names its column itself.
    if (code === 'DSD5008') continue
    const message = failed.messages.get(row) ?? errorTable[code].title
    messages.set(row, `${nameOf(place, { input, outputs, schema })}: ${message}`)
  }
  return { ...failed, messages }
}

interface ExpressionNames {
  readonly input: Schema
  readonly outputs: readonly Expression[]
  readonly schema: Schema
}

function nameOf({ is, of }: FailedIn, { input, outputs, schema }: ExpressionNames): string {
  if (is === 'condition') return `condition ${shownExpression(of, input)}`
  const name = schema[outputs.indexOf(of)]?.name
  return name === undefined || isGiven(name) ? shownExpression(of, input) : `column "${name}"`
}

/** Names that are not a user's: `$3` of a column for the operators behind, `EXPR$0` and `?column?` where none was said. */
const isGiven = (name: string): boolean => /[$?]/.test(name)

const SHOWN = 80

function shownExpression(of: Expression, input: Schema): string {
  const text = expressionText(of, input).replace(/\s+/g, ' ')
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text
}
