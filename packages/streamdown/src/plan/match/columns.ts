import type { Expression } from '../expressions/expression.ts'
import { columnsRead, readsWholeRow, remap } from '../expressions/walk.ts'
import type { MatchNode, MatchValue } from '../nodes/match-node.ts'
import { callExpressions, mapCall } from '../visitor/transform.ts'

/** The input's columns that a value is made of. */
export function columnsOfValue(value: MatchValue): readonly number[] {
  switch (value.is) {
    case 'column':
      return [value.column]
    case 'rows':
      return value.columns
    case 'aggregate':
      return callExpressions(value.call).flatMap(e => [...columnsRead(e)])
    case 'present':
    case 'classifier':
    case 'number':
      return []
  }
}

function movedValue(value: MatchValue, to: (column: number) => number): MatchValue {
  switch (value.is) {
    case 'column':
      return { ...value, column: to(value.column) }
    case 'rows':
      return { ...value, columns: value.columns.map(to) }
    case 'aggregate':
      return { ...value, call: mapCall(value.call, e => remap(e, to)) }
    case 'present':
    case 'classifier':
    case 'number':
      return value
  }
}

interface MatchReads {
  /** Numbers of values that are read. */
  readonly values: ReadonlySet<number>
  /** Columns of the input that are read, directly or by those values. */
  readonly columns: ReadonlySet<number>
}

/** What the definitions and those outputs read. */
export function matchReads(node: MatchNode, outputs: Iterable<number>): MatchReads {
  const width = node.input.schema.length
  const values = new Set<number>()
  const columns = new Set([...node.partitionBy, ...node.orderBy.map(key => key.column)])
  if (typeof node.time === 'number') columns.add(node.time)
  const expressions = [...node.defines.filter(define => define !== undefined), ...pick(node.outputs, outputs)]
  for (const e of expressions) {
    const read = readsWholeRow(e) ? Array.from({ length: width + node.values.length }, (_, i) => i) : columnsRead(e)
    for (const index of read) {
      if (index < width) columns.add(index)
      else values.add(index - width)
    }
  }
  for (const value of pick(node.values, values)) for (const column of columnsOfValue(value)) columns.add(column)
  return { values, columns }
}

/** The node over an input of which only some columns are left, with the outputs in `kept` alone. */
export function prunedMatch(
  node: MatchNode,
  input: MatchNode['input'],
  to: (column: number) => number,
  kept: readonly number[],
): MatchNode {
  const width = node.input.schema.length
  const values = [...matchReads(node, kept).values].sort((a, b) => a - b)
  const moved = (e: Expression): Expression =>
    remap(e, index => (index < width ? to(index) : input.schema.length + values.indexOf(index - width)))
  return {
    ...node,
    input,
    partitionBy: node.partitionBy.map(to),
    orderBy: node.orderBy.map(key => ({ ...key, column: to(key.column) })),
    time: typeof node.time === 'number' ? to(node.time) : node.time,
    defines: node.defines.map(define => (define === undefined ? define : moved(define))),
    values: pick(node.values, values).map(value => movedValue(value, to)),
    outputs: pick(node.outputs, kept).map(moved),
    schema: pick(node.schema, kept),
  }
}

const pick = <T>(from: readonly T[], indexes: Iterable<number>): readonly T[] =>
  [...indexes].flatMap(index => {
    const found = from[index]
    return found === undefined ? [] : [found]
  })

/** The output columns that hold the time of the match's last row. */
export function matchTimeColumns(node: MatchNode): readonly number[] {
  const { time, rows } = node
  if (typeof time !== 'number') return []
  const width = node.input.schema.length
  return node.outputs.flatMap((output, i) => {
    if (output.is !== 'column') return []
    if (output.index === time) return rows === 'one' ? [i] : []
    const value = node.values[output.index - width]
    const isLast =
      value?.is === 'column' &&
      value.column === time &&
      value.place.variables === 'all' &&
      value.place.from === 'last' &&
      value.place.offset === 0 &&
      value.place.shift === 0
    return isLast ? [i] : []
  })
}
