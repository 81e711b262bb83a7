import { matchText } from '../match/text.ts'
import {
  NO_BOUND,
  type OverCall,
  type OverNode,
  type PlanNode,
  type SortKey,
  shownSource,
  type Windowing,
} from '../nodes/node.ts'
import { isComputedOnce } from '../over.ts'
import { decimalText, frameText, hasFrame, isTime, orderType, windowCallText } from '../over-text.ts'
import type { PairingNode } from '../pairs.ts'
import { derive } from '../properties.ts'
import { aggregateText, durationText, expressionText } from './text.ts'

/** One line on what a node does. */
export function describe(node: PlanNode): string {
  const names = (columns: readonly number[], of: PlanNode) => columns.map(i => of.schema[i]?.name ?? `#${i}`).join(', ')
  switch (node.is) {
    case 'scan': {
      const all = node.columns.length === node.relation.schema.length
      const measured =
        node.eventTime === undefined
          ? ''
          : `, event time ${names([node.eventTime.column], node)} - ${durationText(node.eventTime.delay)}`
      const time =
        node.handedOn === undefined ? measured : `, event time ${names(node.handedOn.columns, node)} as handed on`
      const paths = node.columns.map(({ column, path }, i) =>
        path.length === 0
          ? node.relation.schema[column]!.name
          : `${node.relation.schema[column]!.name}…${node.schema[i]!.name}`,
      )
      return `Scan ${node.relation.name} (${node.relation.connector}): ${all ? 'all columns' : `${paths.join(', ')} of ${node.relation.schema.length} columns`}${time}`
    }
    case 'values':
      return `Values: ${node.rows.length} ${node.rows.length === 1 ? 'row' : 'rows'}`
    case 'filter':
      return `Filter: ${expressionText(node.condition, node.input.schema)}`
    case 'temporalFilter': {
      const from = node.from === undefined ? [] : [`from ${names([node.from], node.input)}`]
      const until = node.until === undefined ? [] : [`until ${names([node.until], node.input)}`]
      return `Temporal filter: ${[...from, ...until].join(' ')} on the processing clock`
    }
    case 'project': {
      const outputs = node.expressions.map((e, i) => {
        const text = expressionText(e, node.input.schema)
        const name = node.schema[i]!.name
        return text === name ? name : `${text} AS ${name}`
      })
      const time =
        node.watermark === undefined
          ? ''
          : `; event time ${names([node.watermark.column], node)} - ${durationText(node.watermark.delay)}`
      return `Project: ${outputs.join(', ')}${time}`
    }
    case 'window': {
      const time = node.time === 'processing' ? 'processing time' : names([node.time], node.input)
      return `Window: ${windowingText(node.windowing, node.input)} over ${time}, ${node.emit === 'close' ? 'once when it closes' : 'updating'}`
    }
    case 'aggregate': {
      const keys = node.keys.length === 0 ? 'all rows' : `by ${names(node.keys, node.input)}`
      const calls = node.calls.map(call => aggregateText(call, node.input.schema))
      const window =
        node.window === undefined
          ? ''
          : `; groups end with ${names([node.window.end], node)}${node.window.changes ? ', changes at once' : ''}`
      const life = node.ttl === undefined ? '' : `; groups are kept for ${durationText(node.ttl)}`
      return `Aggregate ${keys}${calls.length === 0 ? '' : `: ${calls.join(', ')}`}${window}${life}`
    }
    case 'join':
      return `Join ${node.kind}${onText(node)}${joinTimeText(node)}`
    case 'temporalJoin': {
      const { moment, left, right } = node
      const text =
        moment.is === 'arrival'
          ? 'right rows as of arrival'
          : `right row as of ${names([moment.left], left)} by ${names([moment.right], right)}, state ends with the watermark`
      return `Temporal join ${node.kind}${onText(node)}; ${text}`
    }
    case 'async': {
      const { inquiry, ordered, outer, asks, answers } = node
      const how = [
        `${inquiry.concurrency} at a time`,
        ordered ? 'in order' : 'as answers come',
        `tried ${inquiry.retry.attempts + 1} times, each for ${durationText(inquiry.timeout)}`,
        ...(inquiry.cache === undefined ? [] : [`${inquiry.cache.maxRows} answers cached`]),
      ]
      return `Ask ${node.name}${outer ? ' (left)' : ''} by ${names(asks, node.input)} for ${answers.map(one => one.name).join(', ')}: ${how.join(', ')}; boundary: what follows is as of the answers`
    }
    case 'asofJoin': {
      const { left, right, operator } = node.nearest
      return `Asof join ${node.kind}${onText(node)}; nearest ${names([left], node.left)} ${operator} ${names([right], node.right)}`
    }
    case 'union':
      return `Union of ${node.inputs.length}`
    case 'recursive': {
      const inputs = node.externals.length === 0 ? '' : `, over ${node.externals.length} more`
      const union = node.distinct ? 'UNION' : 'UNION ALL'
      return `Recursive ${node.name}: base ${union} step${inputs}, ${node.limit} rounds at most`
    }
    case 'rank': {
      const by = node.partitionBy.length === 0 ? '' : ` by ${names(node.partitionBy, node.input)}`
      const to = node.to === Number.MAX_SAFE_INTEGER ? '' : node.to
      const order = node.orderBy.length === 0 ? 'by arrival' : `order ${sortText(node.orderBy, node.input)}`
      return `Rank ${node.function} ${node.from}..${to}${by}, ${order}${node.window === undefined ? '' : ', once when the window closes'}`
    }
    case 'over': {
      const by = node.partitionBy.length === 0 ? '' : ` by ${names(node.partitionBy, node.input)}`
      const order = node.orderBy.length === 0 ? 'as they arrived' : `order ${sortText(node.orderBy, node.input)}`
      const calls = node.calls.map(call => overCallText(call, node))
      return `Over${by}, ${order}: ${calls.join(', ')}; ${emitText(node)}`
    }
    case 'sort': {
      const limit = node.limit === undefined ? '' : `, first ${node.limit}`
      const offset = node.offset === undefined ? '' : ` after ${node.offset}`
      return `Sort${node.orderBy.length === 0 ? '' : `: ${sortText(node.orderBy, node.input)}`}${limit}${offset}`
    }
    case 'changelog':
      return 'Changelog: changes as rows'
    case 'late':
      if (node.side === undefined) return 'Late rows'
      return node.side === 'timedOut' ? 'Matches that did not end in time' : `Rows of ${node.side}`
    case 'process': {
      const { by, cells, sides, input, code } = node
      const state = cells.length === 0 ? '' : `; state ${cells.map(({ name, is }) => `${name} (${is})`).join(', ')}`
      const outputs = sides.length === 0 ? '' : `; ${sides.map(({ name }) => name).join(', ')}`
      return `Process by ${names(by, input)}: ${shownSource(code)}${state}${outputs}`
    }
    case 'repeat':
      return `Repeat by ${names([node.times], node.input)}`
    case 'flatMap':
      return `FlatMap: ${expressionText(node.lambda, node.input.schema)}`
    case 'match':
      return matchText(node)
  }
}

function overCallText(call: OverCall, node: OverNode): string {
  const { schema } = node.input
  const plain =
    call.window === undefined
      ? aggregateText(call, schema)
      : windowCallText(call, arg => expressionText(call.args[arg]!, schema))
  const all = call.frame.start === 'unbounded' && call.frame.end === 'unbounded' && call.frame.exclude === 'none'
  if (!hasFrame(call) || all) return plain
  const type = orderType(node)
  return `${plain} ${frameText(call.frame, by => (isTime(type) ? durationText(BigInt(by)) : decimalText(by, type)))}`
}

function emitText(node: OverNode): string {
  if (node.emit === 'watermark') return 'rows leave with the watermark'
  if (node.emit === 'settled') return 'rows leave when those behind the watermark say their frames'
  if (node.emit === 'arrival') return 'rows leave as they come'
  return isComputedOnce(node) ? 'once at the end of the input' : 'updating'
}

function windowingText(windowing: Windowing, input: PlanNode): string {
  switch (windowing.kind) {
    case 'tumble':
      return `tumble ${durationText(windowing.size)}${offsetText(windowing.offset)}`
    case 'hop':
      return `hop ${durationText(windowing.size)} every ${durationText(windowing.slide)}${offsetText(windowing.offset)}`
    case 'cumulate':
      return `cumulate ${durationText(windowing.size)} in steps of ${durationText(windowing.step)}${offsetText(windowing.offset)}`
    case 'session': {
      const by = windowing.partitionBy.map(i => input.schema[i]!.name)
      return `session with gap ${durationText(windowing.gap)}${by.length === 0 ? '' : ` by ${by.join(', ')}`}`
    }
  }
}

function onText(node: PairingNode): string {
  const nameOf = (column: number, of: PlanNode) => of.schema[column]!.name
  const keys = node.keys.map(
    key => `${nameOf(key.left, node.left)} ${key.nullsMatch ? '<=>' : '='} ${nameOf(key.right, node.right)}`,
  )
  const condition =
    node.is === 'asofJoin' || node.condition === undefined
      ? []
      : [expressionText(node.condition, [...node.left.schema, ...node.right.schema])]
  const on = [...keys, ...condition]
  if (on.length > 0) return ` on ${on.join(' AND ')}`
  return node.is === 'asofJoin' ? '' : ': every pair'
}

const offsetText = (offset: bigint): string => (offset === 0n ? '' : ` offset ${durationText(offset)}`)

function joinTimeText({ time, left, right }: Extract<PlanNode, { is: 'join' }>): string {
  switch (time?.kind) {
    case 'interval':
      if (time.lower === -NO_BOUND)
        return `; ${left.schema[time.left]!.name} - ${right.schema[time.right]!.name} at most ${durationText(time.upper)}, right rows end with the watermark, left rows never do`
      if (time.upper === NO_BOUND)
        return `; ${left.schema[time.left]!.name} - ${right.schema[time.right]!.name} at least ${durationText(time.lower)}, left rows end with the watermark, right rows never do`
      return `; ${left.schema[time.left]!.name} - ${right.schema[time.right]!.name} within ${durationText(time.lower)} .. ${durationText(time.upper)}, state ends with the watermark`
    case 'window':
      return `; state ends with ${left.schema[time.leftEnd]!.name}`
    case 'keep':
      return `; rows are kept for ${durationText(time.ttl)}`
    case undefined:
      return ''
  }
}

const sortText = (keys: readonly SortKey[], of: PlanNode): string =>
  keys.map(key => `${of.schema[key.column]!.name}${key.descending ? ' DESC' : ''}`).join(', ')

/** What is proven of the node's rows, in few words. */
export function modeText(node: PlanNode): string {
  const { appendOnly, keys } = derive(node)
  const [key] = keys
  const keyed =
    key === undefined ? '' : key.length === 0 ? ', one row' : `, key ${key.map(i => node.schema[i]!.name).join(', ')}`
  return `${appendOnly ? 'append' : 'updates'}${keyed}`
}
