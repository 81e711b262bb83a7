import { StreamdownError } from '../../errors/error.ts'
import type { DataType, Schema } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import type {
  AggregateNode,
  JoinNode,
  LateNode,
  OverNode,
  PlanNode,
  RankNode,
  Relation,
  ScanNode,
  TemporalJoinNode,
  WindowNode,
} from '../nodes/node.ts'
import { decimalText, frameText, hasFrame, isTime, orderType, windowCallText } from '../over-text.ts'
import { inputsOf } from '../visitor/inputs.ts'
import { aggregateSQL, durationSQL, expressionSQL, type Refuse } from './expression.ts'
import { matchSQL } from './match.ts'
import { connectorName, quoted, uniqueNames } from './names.ts'

/**
 * A plan as Flink SQL: the tables that it reads, and one query in which each node is a table of WITH, so that Flink's
 * own patterns (windows, ranks, interval joins) stand as they are. It is written from the plan before optimisation.
 * Throws DSD5011 for what Flink SQL cannot say.
 */
export function flinkSQL(plan: PlanNode, refuse: Refuse): string {
  const writer = new Writer(refuse)
  const result = writer.table(plan)
  const select = `SELECT ${result.columns.map(one => one.name).join(', ')} FROM ${result.name}`
  const parts = writer.parts.map(({ name, text }) => `${name} AS (\n  ${text.replaceAll('\n', '\n  ')}\n)`)
  const query = parts.length === 0 ? select : `WITH ${parts.join(', ')}\n${select}`
  return [...[...writer.relations].map(createTable), query].map(statement => `${statement};`).join('\n\n')
}

/** A table of the text: its name, and its columns under the names that they have there. */
interface Written {
  readonly name: string
  readonly columns: Schema
}

class Writer {
  readonly parts: { readonly name: string; readonly text: string }[] = []
  readonly relations = new Set<Relation>()
  readonly #written = new Map<PlanNode, Written>()
  readonly #refuse: Refuse

  constructor(refuse: Refuse) {
    this.#refuse = refuse
  }

  table(node: PlanNode): Written {
    const before = this.#written.get(node)
    if (before !== undefined) return before
    const names = uniqueNames(node.schema.map(({ name }) => name.replace(/^\$/, 'unseen_')))
    const columns = node.schema.map((field, i) => ({ ...field, name: quoted(names[i] ?? field.name) }))
    if (node.is === 'scan' && isWhole(node)) {
      this.relations.add(node.relation)
      const scanned = { name: quoted(node.relation.name), columns }
      this.#written.set(node, scanned)
      return scanned
    }
    const inputs = inputsOf(node).map(input => this.table(input))
    const text = this.#text(node, columns, inputs)
    const written = { name: `r${this.parts.length + 1}`, columns }
    this.parts.push({ name: written.name, text })
    this.#written.set(node, written)
    return written
  }

  #text(node: PlanNode, columns: Schema, inputs: readonly Written[]): string {
    const [input = { name: '', columns: [] }, other = input] = inputs
    const as = (texts: readonly string[]) =>
      texts.map((text, i) => (text === columns[i]?.name ? text : `${text} AS ${columns[i]?.name}`)).join(', ')
    switch (node.is) {
      case 'scan':
        throw cannot('a scan of some columns')
      case 'values': {
        const rows = node.rows.map(row => `(${row.map(value => expressionSQL(value, [], this.#refuse)).join(', ')})`)
        return `SELECT * FROM (VALUES ${rows.join(', ')}) AS v (${columns.map(one => one.name).join(', ')})`
      }
      case 'filter':
        return `SELECT * FROM ${input.name} WHERE ${expressionSQL(node.condition, input.columns, this.#refuse)}`
      case 'temporalFilter':
        throw cannot('that rows come and go with the clock')
      case 'project':
        return `SELECT ${as(node.expressions.map(e => expressionSQL(e, input.columns, this.#refuse)))} FROM ${input.name}`
      case 'window':
        return `SELECT ${as([...input.columns.map(one => one.name), 'window_start', 'window_end', 'window_time'])}\nFROM TABLE(${windowSQL(node, input)})`
      case 'aggregate':
        return this.#aggregate(node, input, as)
      case 'join':
        return this.#join(node, input, other, as)
      case 'temporalJoin':
        return this.#temporalJoin(node, input, other, as)
      case 'async':
        throw cannot('a question to the outside')
      case 'asofJoin':
        throw cannot('ASOF JOIN')
      case 'union':
        return inputs
          .map(one => `SELECT ${as(one.columns.map(column => column.name))} FROM ${one.name}`)
          .join('\nUNION ALL\n')
      case 'recursive':
        throw cannot('WITH RECURSIVE')
      case 'rank':
        return rankSQL(node, input, columns)
      case 'over':
        return overSQL(node, input, columns, this.#refuse)
      case 'sort': {
        const order = node.orderBy.map(key => `${input.columns[key.column]?.name}${key.descending ? ' DESC' : ''}`)
        const limit = node.limit === undefined ? '' : ` LIMIT ${node.limit}`
        return `SELECT * FROM ${input.name}${order.length === 0 ? '' : ` ORDER BY ${order.join(', ')}`}${limit}`
      }
      case 'changelog':
        throw cannot('changelog()')
      case 'late':
        throw cannot(lateText(node))
      case 'process':
        throw cannot('process()')
      case 'repeat':
        throw cannot('INTERSECT ALL and EXCEPT ALL')
      case 'flatMap':
        if (node.lambda.is === 'lambda') return this.#refuse(node.lambda)
        throw cannot('flatMap')
      case 'match':
        return matchSQL(node, input.name, input.columns, columns, this.#refuse)
    }
  }

  #aggregate(node: AggregateNode, input: Written, as: (texts: readonly string[]) => string): string {
    if (node.window?.changes === true) throw cannot('early results of a window (emit)')
    if (node.window !== undefined && node.window.allowedLateness > 0n)
      throw cannot('a window that stays open (keepOpen)')
    if (node.calls.some(call => call.fold !== undefined)) throw cannot('fold')
    const keys = node.keys.map(key => input.columns[key]?.name ?? '')
    const calls = node.calls.map(call => aggregateSQL(call, input.columns, this.#refuse))
    const life = node.ttl === undefined ? '' : `/*+ STATE_TTL('${input.name}' = '${node.ttl / 1000n}ms') */ `
    return `SELECT ${life}${as([...keys, ...calls])} FROM ${input.name}${keys.length === 0 ? '' : ` GROUP BY ${keys.join(', ')}`}`
  }

  #on(node: JoinNode | TemporalJoinNode, both: Schema): string {
    const width = node.left.schema.length
    const on = node.keys.map(
      key =>
        `${both[key.left]?.name} ${key.nullsMatch ? 'IS NOT DISTINCT FROM' : '='} ${both[width + key.right]?.name}`,
    )
    if (node.condition !== undefined) on.push(expressionSQL(node.condition, both, this.#refuse))
    return on.join(' AND ')
  }

  /** Flink takes the moment from a column: one of the clock is added to the left for the time of arrival. */
  #temporalJoin(
    node: TemporalJoinNode,
    left: Written,
    right: Written,
    as: (texts: readonly string[]) => string,
  ): string {
    const both = sideBySide(left, right)
    const { moment } = node
    const from =
      moment.is === 'arrival' ? `(SELECT *, PROCTIME() AS arrival FROM ${left.name}) AS a` : `${left.name} AS a`
    const time = moment.is === 'arrival' ? 'arrival' : (left.columns[moment.left]?.name ?? '')
    const condition = this.#on(node, both)
    return `SELECT ${as(both.map(one => one.name))}\nFROM ${from} ${node.kind.toUpperCase()} JOIN ${right.name} FOR SYSTEM_TIME AS OF a.${time} AS b ON ${condition === '' ? 'TRUE' : condition}`
  }

  #join(node: JoinNode, left: Written, right: Written, as: (texts: readonly string[]) => string): string {
    const both = sideBySide(left, right)
    const condition = this.#on(node, both)
    if (node.kind === 'semi' || node.kind === 'anti') {
      return `SELECT * FROM ${left.name} AS a WHERE ${node.kind === 'anti' ? 'NOT ' : ''}EXISTS (SELECT 1 FROM ${right.name} AS b WHERE ${condition})`
    }
    const days =
      node.time?.kind === 'keep'
        ? `/*+ STATE_TTL('a' = '${node.time.ttl / 1000n}ms', 'b' = '${node.time.ttl / 1000n}ms') */ `
        : ''
    return `SELECT ${days}${as(both.map(one => one.name))}\nFROM ${left.name} AS a ${node.kind.toUpperCase()} JOIN ${right.name} AS b ON ${condition === '' ? 'TRUE' : condition}`
  }
}

function lateText({ side }: LateNode): string {
  if (side === undefined) return 'a stream of late rows'
  return side === 'timedOut' ? 'a stream of matches that did not end in time' : `a stream of ${side}`
}

const sideBySide = (left: Written, right: Written): Schema => [
  ...left.columns.map(one => ({ ...one, name: `a.${one.name}` })),
  ...right.columns.map(one => ({ ...one, name: `b.${one.name}` })),
]

const cannot = (what: string): StreamdownError =>
  new StreamdownError('DSD5011', `Flink SQL has nothing that says ${what}.`)

const isWhole = ({ columns, relation }: ScanNode): boolean =>
  columns.length === relation.schema.length && columns.every(({ column, path }, i) => column === i && path.length === 0)

function windowSQL({ windowing, time }: WindowNode, input: Written): string {
  if (time === 'processing') throw cannot('a window of processing time without a column for it')
  const of = `TABLE ${input.name}`
  const column = `DESCRIPTOR(${input.columns[time]?.name})`
  switch (windowing.kind) {
    case 'tumble':
      return `TUMBLE(${[of, column, durationSQL(windowing.size), ...offsetSQL(windowing.offset)].join(', ')})`
    case 'hop':
      return `HOP(${[of, column, durationSQL(windowing.slide), durationSQL(windowing.size), ...offsetSQL(windowing.offset)].join(', ')})`
    case 'cumulate':
      return `CUMULATE(${[of, column, durationSQL(windowing.step), durationSQL(windowing.size), ...offsetSQL(windowing.offset)].join(', ')})`
    case 'session': {
      const keys = windowing.partitionBy.map(key => input.columns[key]?.name)
      return `SESSION(${of}${keys.length === 0 ? '' : ` PARTITION BY ${keys.join(', ')}`}, ${column}, ${durationSQL(windowing.gap)})`
    }
  }
}

const offsetSQL = (offset: bigint): readonly string[] => (offset === 0n ? [] : [durationSQL(offset)])

/** Flink knows a top-N by this very form. */
function rankSQL(node: RankNode, input: Written, columns: Schema): string {
  const number = node.output ? (columns.at(-1)?.name ?? 'row_num') : 'row_num'
  const partition = node.partitionBy.map(key => input.columns[key]?.name)
  const order = node.orderBy.map(key => `${input.columns[key.column]?.name}${key.descending ? ' DESC' : ' ASC'}`)
  const over = `${partition.length === 0 ? '' : `PARTITION BY ${partition.join(', ')} `}ORDER BY ${order.length === 0 ? `PROCTIME()${node.latest === true ? ' DESC' : ''}` : order.join(', ')}`
  const bounds = node.from === 1 ? `${number} <= ${node.to}` : `${number} BETWEEN ${node.from} AND ${node.to}`
  const inner = `SELECT *, ${node.function.toUpperCase()}() OVER (${over}) AS ${number} FROM ${input.name}`
  return `SELECT ${columns.map(one => one.name).join(', ')}\nFROM (${inner})\nWHERE ${bounds}`
}

function overSQL(node: OverNode, input: Written, columns: Schema, refuse: Refuse): string {
  const type = orderType(node)
  const distance = (by: number | bigint) => (isTime(type) ? durationSQL(BigInt(by)) : decimalText(by, type))
  const partition = node.partitionBy.map(key => input.columns[key]?.name)
  const order = node.orderBy.map(key => `${input.columns[key.column]?.name}${key.descending ? ' DESC' : ''}`)
  const calls = node.calls.map((call, i) => {
    if (call.frame.exclude !== 'none' || call.frame.unit === 'groups' || call.frame.unit === 'session')
      throw cannot('a frame of groups or sessions, or with EXCLUDE')
    if (call.fold !== undefined) throw cannot('fold')
    const written =
      call.window === undefined
        ? aggregateSQL(call, input.columns, refuse)
        : windowCallText(call, arg => expressionSQL(call.args[arg]!, input.columns, refuse))
    const over = [
      ...(partition.length === 0 ? [] : [`PARTITION BY ${partition.join(', ')}`]),
      ...(order.length === 0 ? [] : [`ORDER BY ${order.join(', ')}`]),
      ...(hasFrame(call) && order.length > 0 ? [frameText(call.frame, distance)] : []),
    ].join(' ')
    const name = columns[input.columns.length + i]?.name
    return { over, text: `${written} OVER (${over}) AS ${name}` }
  })
  // Flink computes one window in a query: each further one is a query around it.
  const windows = [...Map.groupBy(calls, call => call.over).values()].map(group =>
    group.map(({ text }) => text).join(', '),
  )
  const last = windows.pop() ?? ''
  const from = windows.reduce((inner, texts) => `(SELECT *, ${texts} FROM ${inner})`, input.name)
  const names = columns.map(one => one.name)
  return windows.length === 0
    ? `SELECT ${[...input.columns.map(one => one.name), last].join(', ')}\nFROM ${from}`
    : `SELECT ${names.join(', ')}\nFROM (SELECT *, ${last} FROM ${from})`
}

/** Flink's event time is in milliseconds: it refuses a watermark over a finer column. */
const timeAttribute = (type: DataType): DataType =>
  type.is === 'timestamp' && type.precision > 3 ? { ...type, precision: 3 } : type

/** What Flink must know of a source. */
function createTable({ name, schema, primaryKey, eventTime, connector, options }: Relation): string {
  const lines = schema.map(({ name, type, nullable }, i) => {
    const known = i === eventTime?.column ? timeAttribute(type) : type
    return `  ${quoted(name)} ${typeText(known)}${nullable ? '' : ' NOT NULL'}`
  })
  if (primaryKey.length > 0)
    lines.push(`  PRIMARY KEY (${primaryKey.map(index => quoted(schema[index]?.name ?? '')).join(', ')}) NOT ENFORCED`)
  if (eventTime !== undefined) {
    const time = quoted(schema[eventTime.column]?.name ?? '')
    lines.push(
      `  WATERMARK FOR ${time} AS ${time}${eventTime.delay === 0n ? '' : ` - ${durationSQL(eventTime.delay)}`}`,
    )
  }
  const given = [['connector', connectorName(connector)] as const, ...Object.entries(options)].map(
    ([key, value]) => `  '${key}' = '${value.replaceAll("'", "''")}'`,
  )
  return `CREATE TABLE ${quoted(name)} (\n${lines.join(',\n')}\n) WITH (\n${given.join(',\n')}\n)`
}
