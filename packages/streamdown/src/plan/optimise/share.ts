import type { AggregateCall } from '../expressions/aggregate-call.ts'
import { isDeterministicCall, isStepClock } from '../expressions/facts.ts'
import { expressionKey, plainKey } from '../expressions/walk.ts'
import type { MatchValue, PlanNode } from '../nodes/node.ts'
import { inputsOf } from '../visitor/inputs.ts'
import { callExpressions, expressionsOf, type Roots, transform } from '../visitor/transform.ts'

/** Comparing more rows of VALUES would cost more than it may save. */
const LONG_VALUES = 100

/** Nodes of equal structure over the same inputs become one, so that their work is done once. */
export function share(roots: Roots): Roots {
  const known = new Map<string, PlanNode>()
  // Most nodes read what no other reads: their structure need not be written down.
  const first = new Map<string, PlanNode>()
  const numbers = new Map<object, number>()
  const numberOf = (thing: object): number => {
    const number = numbers.get(thing) ?? numbers.size
    numbers.set(thing, number)
    return number
  }
  const note = (key: string, node: PlanNode): PlanNode => {
    const same = known.get(key)
    if (same === undefined) known.set(key, node)
    return same ?? node
  }
  return transform(roots, node => {
    if (node.is === 'flatMap' || node.is === 'async' || node.is === 'process') return node
    if (node.is === 'values' && node.rows.length > LONG_VALUES) return node
    const inputs = node.is === 'scan' ? `${numberOf(node.relation)}` : inputsOf(node).map(numberOf).join()
    const rough = `${node.is} ${inputs}`
    const keyOf = (each: PlanNode): string => `${inputs}|${structure(each, numberOf)}`
    const before = first.get(rough)
    if (before === undefined) {
      first.set(rough, node)
      return node
    }
    if (!isRepeatable(node)) return node
    if (isRepeatable(before)) note(keyOf(before), before)
    return note(keyOf(node), node)
  })
}

const isRepeatable = (node: PlanNode): boolean =>
  expressionsOf(node).every(e => isDeterministicCall(e) || isStepClock(e))

const valueKey = (value: MatchValue): unknown =>
  value.is === 'aggregate'
    ? [
        value.variables,
        value.final,
        value.call.name,
        value.call.distinct,
        callExpressions(value.call).map(expressionKey),
      ]
    : value

function structure(node: PlanNode, numberOf: (thing: object) => number): string {
  const callKey = (call: AggregateCall) => [
    call.name,
    call.distinct,
    call.type,
    callExpressions(call).map(expressionKey),
    call.args.length,
    call.filter !== undefined,
    call.orderBy?.map(o => [o.descending, o.nullsFirst]),
    call.fold === undefined ? 0 : numberOf(call.fold),
    call.quantile,
  ]
  const names = node.schema.map(field => field.name)
  switch (node.is) {
    case 'scan':
      return plainKey([
        'scan',
        numberOf(node.relation),
        node.columns,
        node.eventTime,
        node.handedOn !== undefined,
        names,
      ])
    case 'values':
      return plainKey(['values', node.schema, node.rows.map(row => row.map(expressionKey))])
    case 'filter':
      return plainKey(['filter', expressionKey(node.condition), names])
    case 'temporalFilter':
      return plainKey(['temporalFilter', node.from, node.until, names])
    case 'project':
      return plainKey(['project', node.expressions.map(expressionKey), node.watermark, names])
    case 'window':
      return plainKey(['window', node.windowing, node.time, node.emit, names])
    case 'aggregate':
      return plainKey(['aggregate', node.keys, node.calls.map(callKey), node.window, node.ttl, node.name, names])
    case 'over': {
      const calls = node.calls.map(call => [callKey(call), call.window, call.count, call.ignoreNulls, call.frame])
      return plainKey(['over', node.partitionBy, node.orderBy, calls, node.emit, node.ties, names])
    }
    case 'join':
      return plainKey([
        'join',
        node.kind,
        node.keys,
        node.condition === undefined ? '' : expressionKey(node.condition),
        node.time,
        names,
      ])
    case 'temporalJoin':
      return plainKey([
        'temporalJoin',
        node.kind,
        node.keys,
        node.condition === undefined ? '' : expressionKey(node.condition),
        node.moment,
        names,
      ])
    case 'asofJoin':
      return plainKey(['asofJoin', node.kind, node.keys, node.nearest, node.ties, names])
    case 'union':
      return plainKey(['union', names])
    case 'recursive':
      return plainKey(['recursive', numberOf(node.working), names])
    case 'rank':
      return plainKey([
        'rank',
        node.function,
        node.partitionBy,
        node.orderBy,
        node.from,
        node.to,
        node.output,
        node.latest,
        node.window,
        node.name,
        names,
      ])
    case 'sort':
      return plainKey(['sort', node.orderBy, node.limit, node.offset, names])
    case 'match':
      return plainKey([
        'match',
        node.partitionBy,
        node.time,
        node.orderBy,
        node.variables,
        node.pattern,
        node.defines.map(define => (define === undefined ? '' : expressionKey(define))),
        node.values.map(valueKey),
        node.outputs.map(expressionKey),
        node.rows,
        node.after,
        node.within,
        node.partialLimit,
        node.tellsTimedOut,
        names,
      ])
    case 'repeat':
      return plainKey([node.is, node.times, names])
    case 'late':
      return plainKey([node.is, node.side, names])
    case 'changelog':
    case 'flatMap':
    case 'process':
    case 'async':
      return plainKey([node.is, names])
  }
}
