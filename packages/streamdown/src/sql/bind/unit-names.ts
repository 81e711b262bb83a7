import type { Argument, Call, Identifier, Expression as Syntax } from '../parse/ast.ts'
import type { BindContext } from './context.ts'
import { findColumn, type Scope } from './scope.ts'
import { callName } from './syntax.ts'

const truncations: ReadonlySet<string> = new Set(['DATE_TRUNC', 'DATETIME_TRUNC', 'TIMESTAMP_TRUNC', 'TIME_TRUNC'])

/**
 * Calls that name a time unit as a word, as BigQuery and Calcite write them, where no column has that name:
 * `TIMESTAMP_TRUNC(time, MONTH)` is `FLOOR(time TO MONTH)`, `DATE_PART(month, time)` is `DATE_PART('month', time)`.
 */
export function withUnit(call: Call, scope: Scope, { names }: BindContext): Call | undefined {
  const [first, second, ...more] = call.args
  if (first === undefined || second === undefined || more.length > 0) return undefined
  const wordOf = ({ value }: Argument): Identifier | undefined => {
    if (value.is !== 'column' || value.parts.length !== 1) return undefined
    return findColumn(scope, value.parts, names) === undefined ? value.parts[0] : undefined
  }
  const name = callName(call)
  if (truncations.has(name)) {
    const word = wordOf(second)
    if (word === undefined) return undefined
    const unit: Syntax = { is: 'timeUnit', unit: word.text.toUpperCase(), at: word.at }
    return { ...call, name: renamed(call, 'FLOOR'), args: [first, { ...second, value: unit }] }
  }
  const word = name === 'DATE_PART' ? wordOf(first) : undefined
  if (word === undefined) return undefined
  return { ...call, args: [{ ...first, value: { is: 'string', value: word.text, at: word.at } }, second] }
}

const renamed = ({ name }: Call, text: string): Call['name'] => ({
  ...name,
  parts: [{ is: 'identifier', text, quoted: false, at: name.at }],
})
