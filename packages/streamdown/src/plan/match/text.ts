import { aggregateText, durationText, expressionText } from '../explain/text.ts'
import type { AfterMatch, MatchNode, MatchValue, RowPlace, RowVariables } from '../nodes/match-node.ts'
import { matchRowSchema } from '../nodes/match-node.ts'
import { patternText } from './pattern.ts'

/** The parts of a Match node as SQL writes them, for explain and for other engines. */
interface Writing {
  readonly column: (column: number) => string
  readonly variable: (variable: number) => string
  readonly aggregate: (value: Extract<MatchValue, { is: 'aggregate' }>, of: (column: number) => string) => string
}

const single = (variables: RowVariables): number | undefined =>
  variables === 'all' || variables.length !== 1 ? undefined : variables[0]

/** A column of the rows that a value is of: `A.price`, `price`. */
function qualified(variables: RowVariables, column: number, writing: Writing): string {
  const text = writing.column(column)
  if (variables === 'all') return text
  const one = single(variables)
  return one === undefined
    ? `(${variables.map(writing.variable).join(' | ')}).${text}`
    : `${writing.variable(one)}.${text}`
}

function placed({ from, offset, shift, final }: RowPlace, text: string): string {
  const logical = `${final ? 'FINAL ' : ''}${from.toUpperCase()}(${text}${offset === 0 ? '' : `, ${offset}`})`
  if (shift === 0) return logical
  return `${shift < 0 ? 'PREV' : 'NEXT'}(${logical}, ${Math.abs(shift)})`
}

export function matchValueText(value: MatchValue, writing: Writing): string {
  switch (value.is) {
    case 'column':
      return placed(value.place, qualified(value.place.variables, value.column, writing))
    case 'present':
      return `${placed(value.place, 'row')} IS PRESENT`
    case 'classifier':
      return placed(value.place, 'CLASSIFIER()')
    case 'aggregate':
      return writing.aggregate(value, column => qualified(value.variables, column, writing))
    case 'rows':
      return `ROWS(${value.variables === 'all' ? '*' : value.variables.map(writing.variable).join(' | ')})`
    case 'number':
      return 'MATCH_NUMBER()'
  }
}

export function afterText(after: AfterMatch, variable: (variable: number) => string): string {
  switch (after.is) {
    case 'past last row':
    case 'to next row':
      return `SKIP ${after.is.toUpperCase()}`
    case 'to first':
    case 'to last':
      return `SKIP ${after.is.toUpperCase()} ${after.variables.map(variable).join(' | ')}`
  }
}

/** One line on a Match node. */
export function matchText(node: MatchNode): string {
  const { input, variables, partitionBy, time, orderBy, defines, within } = node
  const column = (index: number) => input.schema[index]?.name ?? `#${index}`
  const variable = (index: number) => variables[index] ?? `#${index}`
  const writing: Writing = {
    column,
    variable,
    aggregate: ({ call, variables: of }, name) =>
      aggregateText(
        call,
        input.schema.map((f, i) => ({ ...f, name: call.args.length > 0 && of !== 'all' ? name(i) : f.name })),
      ),
  }
  const schema = matchRowSchema(node).map((field, i) => {
    const value = node.values[i - input.schema.length]
    return value === undefined ? field : { ...field, name: matchValueText(value, writing) }
  })
  const order = [
    time === 'processing' ? 'arrival' : typeof time === 'number' ? column(time) : undefined,
    ...orderBy.map(key => `${column(key.column)}${key.descending ? ' DESC' : ''}`),
  ].filter(text => text !== undefined)
  const defined = defines.flatMap((define, i) =>
    define === undefined ? [] : [`${variable(i)} AS ${expressionText(define, schema)}`],
  )
  return [
    `Match (${patternText(node.pattern, variable)})${partitionBy.length === 0 ? '' : ` by ${partitionBy.map(column).join(', ')}`}`,
    ` ordered by ${order.length === 0 ? 'arrival' : order.join(', ')}`,
    within === undefined ? '' : ` within ${durationText(within)}`,
    defined.length === 0 ? '' : `; ${defined.join('; ')}`,
    `; ${node.rows === 'one' ? 'one row' : 'all rows'} per match, ${afterText(node.after, variable).toLowerCase()}`,
  ].join('')
}
