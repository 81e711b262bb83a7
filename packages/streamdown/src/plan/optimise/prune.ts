import { isView, physicalOf } from '../../types/physical.ts'
import { column, literal } from '../expressions/build.ts'
import type { Expression } from '../expressions/expression.ts'
import { columnsRead, hasLambda, readsWholeRow, remap, some } from '../expressions/walk.ts'
import { movedTime } from '../handed-on.ts'
import { matchReads, prunedMatch } from '../match/columns.ts'
import {
  askedSchema,
  boundColumns,
  isTimed,
  joinedSchema,
  type PlanNode,
  RepeatNode,
  TemporalFilterNode,
  WindowNode,
} from '../nodes/node.ts'
import { movedPairing, pairingColumns } from '../pairs.ts'
import { inputsOf } from '../visitor/inputs.ts'
import { callExpressions, expressionsOf, mapCall, nodesOf, type Roots } from '../visitor/transform.ts'

/**
 * Takes away every column that nothing reads, down to the scans, and event time that no operator follows. A node that
 * several read keeps what any of them needs. Roots keep their columns, and those of `timed` their event time.
 */
export function prune(roots: Roots, timed: readonly boolean[] = []): Roots {
  return new Pruner(roots, timed).run()
}

interface Pruned {
  readonly node: PlanNode
  /** Old output column -> new one; those not needed are missing. */
  readonly to: ReadonlyMap<number, number>
}

class Pruner {
  readonly #roots: Roots
  readonly #needed = new Map<PlanNode, Set<number>>()
  readonly #timed = new Set<PlanNode>()
  readonly #done = new Map<PlanNode, Pruned>()

  constructor(roots: Roots, timed: readonly boolean[]) {
    this.#roots = roots
    for (const [at, root] of roots.entries()) if (timed[at] === true) this.#timed.add(root)
  }

  run(): Roots {
    const nodes = nodesOf(this.#roots)
    for (const root of this.#roots) this.#need(root, root.schema.keys())
    for (const node of nodes) if (node.is === 'late' && node.of.is !== 'process') this.#needLate(node.of)
    for (const node of nodes.toReversed()) this.#propagate(node)
    return this.#roots.map(root => this.#prune(root).node)
  }

  #of(node: PlanNode): Set<number> {
    const known = this.#needed.get(node) ?? new Set<number>()
    this.#needed.set(node, known)
    return known
  }

  #need(node: PlanNode, columns: Iterable<number>): void {
    const needed = this.#of(node)
    for (const column of columns) needed.add(column)
  }

  /** Late rows show all columns of the operator's input. */
  #needLate(of: PlanNode): void {
    this.#need(of, of.schema.keys())
    for (const input of inputsOf(of)) this.#need(input, input.schema.keys())
  }

  #propagate(node: PlanNode): void {
    const needed = this.#of(node)
    if (this.#timed.has(node) || followsTime(node)) for (const input of inputsOf(node)) this.#timed.add(input)
    switch (node.is) {
      case 'scan':
      case 'values':
        return
      case 'filter':
        this.#need(node.input, needed)
        this.#read(node.input, [node.condition])
        return
      case 'temporalFilter':
        this.#need(node.input, [...needed, ...boundColumns(node)])
        return
      case 'repeat':
        this.#need(node.input, [...needed, node.times])
        return
      case 'project': {
        if (node.watermark !== undefined && this.#timed.has(node)) needed.add(node.watermark.column)
        if (needed.size === 0 && node.expressions.length > 0) needed.add(cheapest(node))
        this.#read(
          node.input,
          [...needed].map(i => node.expressions[i]!),
        )
        return
      }
      case 'window': {
        const width = node.input.schema.length
        this.#need(
          node.input,
          [...needed].filter(i => i < width),
        )
        if (node.time !== 'processing') this.#need(node.input, [node.time])
        if (node.windowing.kind === 'session') this.#need(node.input, node.windowing.partitionBy)
        return
      }
      case 'aggregate': {
        this.#need(node.input, node.keys)
        const calls = node.calls.filter((_, i) => needed.has(node.keys.length + i))
        this.#read(node.input, calls.flatMap(callExpressions))
        return
      }
      case 'join':
      case 'temporalJoin':
      case 'asofJoin': {
        const width = node.left.schema.length
        const own = pairingColumns(node)
        const condition = node.is === 'asofJoin' ? undefined : node.condition
        const both = [...needed, ...(condition === undefined ? [] : columnsRead(condition))]
        this.#need(node.left, [...both.filter(i => i < width), ...own.left])
        this.#need(node.right, [...both.filter(i => i >= width).map(i => i - width), ...own.right])
        if (condition === undefined || !hasLambda(condition)) return
        this.#need(node.left, node.left.schema.keys())
        this.#need(node.right, node.right.schema.keys())
        return
      }
      case 'async': {
        const width = node.keeps ? node.input.schema.length : 0
        this.#need(node.input, [...[...needed].filter(i => i < width), ...node.asks])
        if (node.condition === undefined) return
        const inputs = node.input.schema.length
        this.#need(
          node.input,
          [...columnsRead(node.condition)].filter(i => i < inputs),
        )
        return
      }
      case 'union':
        for (const input of node.inputs) this.#need(input, needed)
        return
      case 'recursive':
        for (const input of inputsOf(node)) this.#need(input, input.schema.keys())
        return
      case 'rank': {
        const width = node.input.schema.length
        this.#need(node.input, [
          ...[...needed].filter(i => i < width),
          ...node.partitionBy,
          ...node.orderBy.map(key => key.column),
        ])
        return
      }
      case 'over': {
        const width = node.input.schema.length
        const calls = node.calls.filter((_, i) => needed.has(width + i))
        this.#need(node.input, [
          ...[...needed].filter(i => i < width),
          ...node.partitionBy,
          ...node.orderBy.map(key => key.column),
        ])
        this.#read(node.input, calls.flatMap(callExpressions))
        return
      }
      case 'sort':
        this.#need(node.input, [...needed, ...node.orderBy.map(key => key.column)])
        return
      case 'changelog':
        this.#need(node.input, node.input.schema.keys())
        return
      case 'late':
        return
      case 'process':
        this.#need(node.input, [...node.reads, ...node.by, ...(node.time === undefined ? [] : [node.time])])
        return
      case 'match':
        if (needed.size === 0) needed.add(0)
        this.#need(node.input, matchReads(node, needed).columns)
        return
      case 'flatMap': {
        const { keeps = 0 } = node
        if (keeps === 0) this.#read(node.input, [node.lambda])
        // Columns that only pass through are needed as far as somebody reads them behind it.
        else
          this.#need(
            node.input,
            [...node.input.schema.keys()].filter(i => i >= keeps || needed.has(i)),
          )
        return
      }
    }
  }

  /** An arrow whose source does not tell what it reads sees the whole row that it was written for. */
  #read(input: PlanNode, expressions: readonly Expression[]): void {
    for (const e of expressions) this.#need(input, readsWholeRow(e) ? input.schema.keys() : columnsRead(e))
  }

  #prune(node: PlanNode): Pruned {
    const known = this.#done.get(node)
    if (known !== undefined) return known
    const result = this.#rebuild(node)
    this.#done.set(node, result)
    return result
  }

  #rebuild(node: PlanNode): Pruned {
    const needed = this.#of(node)
    switch (node.is) {
      case 'scan': {
        const { eventTime: time, handedOn, relation } = node
        const isFollowed = this.#timed.has(node)
        if (time !== undefined && isFollowed) needed.add(time.column)
        if (relation.changes === 'upsert')
          for (const key of relation.primaryKey)
            needed.add(node.columns.findIndex(c => c.column === key && c.path.length === 0))
        if (needed.size === 0 && node.columns.length > 0) needed.add(cheapest(node))
        const kept = sorted(needed)
        const to = placesOf(kept)
        if (kept.length === node.columns.length && (isFollowed || !isTimed(node))) return { node, to }
        const { eventTime: _, handedOn: __, ...bare } = node
        const place = (column: number | undefined) => (column === undefined ? undefined : to.get(column))
        return {
          node: {
            ...bare,
            columns: kept.map(i => node.columns[i]!),
            schema: kept.map(i => node.schema[i]!),
            ...(time === undefined || !isFollowed ? {} : { eventTime: { ...time, column: to.get(time.column)! } }),
            ...(handedOn === undefined || !isFollowed ? {} : { handedOn: movedTime(handedOn, place) }),
          },
          to,
        }
      }
      case 'values': {
        if (needed.size === 0 && node.schema.length > 0) needed.add(0)
        const kept = sorted(needed)
        if (kept.length === node.schema.length) return { node, to: placesOf(kept) }
        return {
          node: { ...node, rows: node.rows.map(row => kept.map(i => row[i]!)), schema: kept.map(i => node.schema[i]!) },
          to: placesOf(kept),
        }
      }
      case 'filter': {
        const input = this.#prune(node.input)
        const condition = moved(node.condition, input)
        return { node: { ...node, input: input.node, condition, schema: input.node.schema }, to: input.to }
      }
      case 'temporalFilter': {
        const { node: input, to } = this.#prune(node.input)
        const place = (column: number | undefined) => (column === undefined ? undefined : to.get(column))
        const [from, until] = [place(node.from), place(node.until)]
        const bounds = { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) }
        return { node: TemporalFilterNode.create(input, bounds), to }
      }
      case 'repeat': {
        const { node: input, to } = this.#prune(node.input)
        return { node: RepeatNode.create(input, to.get(node.times)!), to }
      }
      case 'project': {
        const input = this.#prune(node.input)
        const kept = sorted(needed)
        const to = placesOf(kept)
        const { watermark, ...bare } = node
        const time =
          watermark === undefined || !this.#timed.has(node)
            ? {}
            : { watermark: { ...watermark, column: to.get(watermark.column)! } }
        const expressions = kept.map(i => moved(node.expressions[i]!, input))
        return {
          node: { ...bare, input: input.node, expressions, schema: kept.map(i => node.schema[i]!), ...time },
          to,
        }
      }
      case 'window': {
        const input = this.#prune(node.input)
        const width = node.input.schema.length
        const { windowing } = node
        const shape =
          windowing.kind === 'session'
            ? { ...windowing, partitionBy: windowing.partitionBy.map(i => input.to.get(i)!) }
            : windowing
        const time = node.time === 'processing' ? node.time : input.to.get(node.time)!
        const to = new Map(input.to)
        for (let i = 0; i < 3; i++) to.set(width + i, input.node.schema.length + i)
        const made = WindowNode.create(input.node, shape, time, node.emit)
        return { node: { ...made, schema: [...input.node.schema, ...node.schema.slice(width)] }, to }
      }
      case 'aggregate': {
        const input = this.#prune(node.input)
        const count = node.keys.length
        const kept = node.calls.flatMap((_, i) => (needed.has(count + i) ? [i] : []))
        const to = new Map([
          ...node.keys.map((_, i) => [i, i] as const),
          ...kept.map((call, i) => [count + call, count + i] as const),
        ])
        const schema = [...node.schema.slice(0, count), ...kept.map(i => node.schema[count + i]!)]
        const calls = kept.map(i => mapCall(node.calls[i]!, e => moved(e, input)))
        return {
          node: { ...node, input: input.node, keys: node.keys.map(key => input.to.get(key)!), calls, schema },
          to,
        }
      }
      case 'join':
      case 'temporalJoin':
      case 'asofJoin': {
        const [left, right] = [this.#prune(node.left), this.#prune(node.right)]
        const width = node.left.schema.length
        const newWidth = left.node.schema.length
        const to = new Map(left.to)
        for (const [from, place] of right.to) to.set(width + from, newWidth + place)
        const moving = movedPairing(node, left.to, right.to)
        const condition =
          moving.is === 'asofJoin' || moving.condition === undefined || hasLambda(moving.condition)
            ? {}
            : { condition: remap(moving.condition, i => to.get(i)!) }
        const schema = joinedSchema(node.kind, left.node.schema, right.node.schema)
        return { node: { ...moving, left: left.node, right: right.node, ...condition, schema }, to }
      }
      case 'async': {
        const input = this.#prune(node.input)
        const [before, after] = [node.input.schema.length, input.node.schema.length]
        const place = (i: number) => (i < before ? input.to.get(i)! : i - before + after)
        const condition = node.condition === undefined ? {} : { condition: remap(node.condition, place) }
        const to = node.keeps ? new Map(input.to) : new Map<number, number>()
        for (let i = 0; i < node.answers.length; i++)
          to.set((node.keeps ? before : 0) + i, (node.keeps ? after : 0) + i)
        const schema = askedSchema(input.node.schema, node)
        const asks = node.asks.map(i => input.to.get(i)!)
        return { node: { ...node, input: input.node, asks, ...condition, schema }, to }
      }
      case 'union': {
        const kept = sorted(needed)
        const inputs = node.inputs.map(input => this.#exactly(input, kept))
        return { node: { ...node, inputs, schema: kept.map(i => node.schema[i]!) }, to: placesOf(kept) }
      }
      case 'rank': {
        const input = this.#prune(node.input)
        const place = (i: number) => input.to.get(i)!
        const number = node.input.schema.length
        const output = node.output && needed.has(number)
        const to = new Map(input.to)
        if (output) to.set(number, input.node.schema.length)
        const schema = output ? [...input.node.schema, node.schema[number]!] : input.node.schema
        const orderBy = node.orderBy.map(key => ({ ...key, column: place(key.column) }))
        return {
          node: { ...node, input: input.node, partitionBy: node.partitionBy.map(place), orderBy, output, schema },
          to,
        }
      }
      case 'over': {
        const input = this.#prune(node.input)
        const place = (i: number) => input.to.get(i)!
        const width = node.input.schema.length
        const kept = node.calls.flatMap((_, i) => (needed.has(width + i) ? [i] : []))
        if (kept.length === 0 && (node.emit === 'update' || node.emit === 'arrival'))
          return { node: input.node, to: input.to }
        const to = new Map(input.to)
        for (const [i, call] of kept.entries()) to.set(width + call, input.node.schema.length + i)
        const orderBy = node.orderBy.map(key => ({ ...key, column: place(key.column) }))
        const calls = kept.map(i => mapCall(node.calls[i]!, e => moved(e, input)))
        const schema = [...input.node.schema, ...kept.map(i => node.schema[width + i]!)]
        return {
          node: { ...node, input: input.node, partitionBy: node.partitionBy.map(place), orderBy, calls, schema },
          to,
        }
      }
      case 'sort': {
        const input = this.#prune(node.input)
        const orderBy = node.orderBy.map(key => ({ ...key, column: input.to.get(key.column)! }))
        return { node: { ...node, input: input.node, orderBy, schema: input.node.schema }, to: input.to }
      }
      case 'recursive': {
        const whole = (input: PlanNode): PlanNode => this.#exactly(input, [...input.schema.keys()])
        return {
          node: { ...node, base: whole(node.base), externals: node.externals.map(whole) },
          to: placesOf([...node.schema.keys()]),
        }
      }
      case 'changelog':
      case 'flatMap': {
        const input = this.#prune(node.input)
        const same = { ...node, input: this.#exactly(node.input, [...node.input.schema.keys()]) }
        const lambda = node.is === 'flatMap' && !hasLambda(node.lambda) ? { lambda: moved(node.lambda, input) } : {}
        return { node: { ...same, ...lambda }, to: placesOf([...node.schema.keys()]) }
      }
      case 'match': {
        const kept = sorted(needed)
        const whole = expressionsOf(node).some(readsWholeRow)
        const input = whole ? this.#exactly(node.input, [...node.input.schema.keys()]) : this.#prune(node.input).node
        const { to } = this.#prune(node.input)
        if (whole) return { node: { ...node, input }, to: placesOf([...node.schema.keys()]) }
        return { node: prunedMatch(node, input, i => to.get(i)!, kept), to: placesOf(kept) }
      }
      case 'process':
        return {
          node: { ...node, input: this.#exactly(node.input, [...node.input.schema.keys()]) },
          to: placesOf([...node.schema.keys()]),
        }
      case 'late': {
        const of = this.#prune(node.of)
        return { node: { ...node, of: of.node }, to: placesOf([...node.schema.keys()]) }
      }
    }
  }

  /** The node with just these columns, in this order; NULL stands for one that is not needed. */
  #exactly(node: PlanNode, columns: readonly number[]): PlanNode {
    const { node: pruned, to } = this.#prune(node)
    const places = columns.map(i => to.get(i))
    if (places.length === pruned.schema.length && places.every((place, i) => place === i)) return pruned
    return {
      is: 'project',
      input: pruned,
      expressions: places.map((place, i) =>
        place === undefined ? literal(null, node.schema[columns[i]!]!.type) : column(pruned.schema, place),
      ),
      schema: columns.map((i, at) =>
        places[at] === undefined ? { ...node.schema[i]!, nullable: true } : node.schema[i]!,
      ),
    }
  }
}

/** Whether the node itself does something when the watermark moves, or reads it. */
function followsTime(node: PlanNode): boolean {
  switch (node.is) {
    case 'window':
      return node.emit === 'close' && node.time !== 'processing'
    case 'aggregate':
    case 'rank':
      return node.window !== undefined
    case 'join':
      return node.time !== undefined && node.time.kind !== 'keep'
    case 'temporalJoin':
      return node.moment.is === 'eventTime'
    case 'match':
      return typeof node.time === 'number'
    case 'late':
      return true
    case 'process':
      return node.time !== undefined
    case 'over':
      return node.emit === 'watermark' || node.emit === 'settled'
    default:
      return expressionsOf(node).some(e => some(e, part => part.is === 'call' && part.name === 'current_watermark'))
  }
}

const sorted = (columns: ReadonlySet<number>): readonly number[] => [...columns].sort((a, b) => a - b)

const placesOf = (kept: readonly number[]): ReadonlyMap<number, number> => new Map(kept.map((from, to) => [from, to]))

const moved = (e: Expression, input: Pruned): Expression => (readsWholeRow(e) ? e : remap(e, i => input.to.get(i)!))

/** A row needs one column at least: one of fixed width, if there is. */
function cheapest(node: PlanNode): number {
  const fixed = node.schema.findIndex(field => !isView(physicalOf(field.type)))
  return Math.max(0, fixed)
}
