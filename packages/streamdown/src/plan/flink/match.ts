import { StreamdownError } from '../../errors/error.ts'
import type { Schema } from '../../types/data-type.ts'
import { patternText, type RowPattern } from '../match/pattern.ts'
import { afterText, matchValueText } from '../match/text.ts'
import type { MatchNode, RowVariables } from '../nodes/match-node.ts'
import { derive } from '../properties.ts'
import { aggregateSQL, durationSQL, expressionSQL, type Refuse } from './expression.ts'
import { quoted } from './names.ts'

const cannot = (what: string): StreamdownError =>
  new StreamdownError('DSD5011', `Flink's MATCH_RECOGNIZE has nothing that says ${what}.`)

/** `input`: the columns of the rows under the names that they have in the text; `output`: those of the matches. */
export function matchSQL(node: MatchNode, from: string, input: Schema, output: Schema, refuse: Refuse): string {
  if (node.rows !== 'one') throw cannot('ALL ROWS PER MATCH')
  checkPattern(node.pattern)
  const column = (index: number): string => input[index]?.name ?? `#${index}`
  const variable = (index: number): string => quoted(node.variables[index] ?? `v${index}`)
  const subsets = new Map<string, readonly number[]>()
  const nameOf = (variables: RowVariables): string => {
    if (variables === 'all') return ''
    const [first, ...more] = variables
    if (first !== undefined && more.length === 0) return variable(first)
    const name = quoted(`any_${variables.map(index => node.variables[index]).join('_')}`)
    subsets.set(name, variables)
    return name
  }
  const schema: Schema = [
    ...input,
    ...node.values.map(value => {
      if (value.is === 'present')
        throw cannot('whether a variable has a row, which FIRST or LAST of an expression asks')
      if (value.is === 'rows') throw cannot('all rows of a step')
      if (value.is === 'number' || value.is === 'classifier')
        throw cannot(`${value.is === 'number' ? 'MATCH_NUMBER' : 'CLASSIFIER'}()`)
      const variables = value.is === 'column' ? value.place.variables : value.variables
      if (value.is === 'column' && value.place.shift !== 0) throw cannot('PREV and NEXT')
      if (value.is === 'column' && value.column === node.time && value.place.final)
        return { name: 'MATCH_ROWTIME()', type: value.type, nullable: true }
      const name = nameOf(variables)
      const of = input.map(field => ({ ...field, name: name === '' ? field.name : `${name}.${field.name}` }))
      const text =
        value.is === 'aggregate'
          ? aggregateSQL(value.call, of, refuse)
          : matchValueText(
              { ...value, place: { ...value.place, variables: 'all', final: false } },
              { column: index => of[index]?.name ?? '', variable, aggregate: () => '' },
            )
      return { name: text, type: value.is === 'column' ? value.type : value.call.type, nullable: true }
    }),
  ]
  const measures = node.outputs
    .slice(node.partitionBy.length)
    .map((e, i) => `${expressionSQL(e, schema, refuse)} AS ${output[node.partitionBy.length + i]?.name}`)
  const defines = node.defines.flatMap((define, i) =>
    define === undefined ? [] : [`${variable(i)} AS ${expressionSQL(define, schema, refuse)}`],
  )
  const order = [
    timeColumn(node, column),
    ...node.orderBy.map(key => `${column(key.column)}${key.descending ? ' DESC' : ''}`),
  ]
  const clauses = [
    ...(node.partitionBy.length === 0 ? [] : [`PARTITION BY ${node.partitionBy.map(column).join(', ')}`]),
    `ORDER BY ${order.join(', ')}`,
    `MEASURES ${measures.join(', ')}`,
    'ONE ROW PER MATCH',
    `AFTER MATCH ${afterText(node.after, index => nameOf([index]))}`,
    `PATTERN (${patternText(node.pattern, variable)})${node.within === undefined ? '' : ` WITHIN ${durationSQL(node.within)}`}`,
    ...(subsets.size === 0
      ? []
      : [`SUBSET ${[...subsets].map(([name, of]) => `${name} = (${of.map(variable).join(', ')})`).join(', ')}`]),
    `DEFINE ${defines.length === 0 ? `${variable(0)} AS TRUE` : defines.join(', ')}`,
  ]
  return `SELECT ${output.map(field => field.name).join(', ')} FROM ${from}\nMATCH_RECOGNIZE (\n  ${clauses.join('\n  ')}\n)`
}

/** Flink orders by a time attribute: the event time, or a column of processing time. */
function timeColumn(node: MatchNode, column: (index: number) => string): string {
  if (typeof node.time === 'number') return column(node.time)
  const [clock] = node.time === 'processing' ? derive(node.input).processing : []
  if (clock === undefined) throw cannot('an order without a column of event or processing time')
  return column(clock)
}

function checkPattern(pattern: RowPattern): void {
  switch (pattern.is) {
    case 'anchor':
      throw cannot('^ and $')
    case 'exclusion':
      throw cannot('{- -}')
    case 'sequence':
    case 'alternation':
      for (const item of pattern.items) checkPattern(item)
      return
    case 'repeat':
      checkPattern(pattern.item)
      return
    case 'variable':
      return
  }
}
