import type { Value } from '../../types/value.ts'
import { all, conjuncts } from '../expressions/build.ts'
import type { Expression } from '../expressions/expression.ts'
import { isDeterministicCall, neverFails, rejectsNulls } from '../expressions/facts.ts'
import { columnsRead, hasLambda, remap, replaceColumns } from '../expressions/walk.ts'
import { sideOf } from '../joins.ts'
import { FilterNode, type JoinNode, joinedSchema, type PlanNode, type RankNode } from '../nodes/node.ts'
import { mapInputs } from '../visitor/inputs.ts'
import { type Roots, readersOf } from '../visitor/transform.ts'
import { innerJoins } from './inner-joins.ts'
import { isCheap } from './merge.ts'

/**
 * Moves conditions towards the sources. One that can fail a row moves only where no condition written before it, and
 * no join, is passed: nothing fails that the written order would have skipped. Nodes that several read are left.
 */
export function pushFilters(roots: Roots): Roots {
  return new FilterPusher(roots).run()
}

export class FilterPusher {
  readonly #roots: Roots
  readonly #readers: ReadonlyMap<PlanNode, number>
  readonly #done = new Map<PlanNode, PlanNode>()

  constructor(roots: Roots) {
    this.#roots = roots
    this.#readers = readersOf(roots)
  }

  run(): Roots {
    return this.#roots.map(root => this.push(root, []))
  }

  isShared(node: PlanNode): boolean {
    return (this.#readers.get(node) ?? 0) > 1
  }

  /** The node with the conditions on its output applied at it or below. */
  push(node: PlanNode, conditions: readonly Expression[]): PlanNode {
    if (this.isShared(node) || conditions.length === 0) {
      const known = this.#done.get(node) ?? this.#into(node, [])
      this.#done.set(node, known)
      return filtered(known, conditions)
    }
    return this.#into(node, conditions)
  }

  #into(node: PlanNode, conditions: readonly Expression[]): PlanNode {
    switch (node.is) {
      case 'filter':
        return this.push(node.input, afterSafe(conditions, conjuncts(node.condition)))
      case 'project': {
        const movable = (e: Expression) =>
          node.watermark === undefined &&
          !hasLambda(e) &&
          [...columnsRead(e)].every(
            index => isCheap(node.expressions[index]!) && isDeterministicCall(node.expressions[index]!),
          )
        const [down, stay] = split(conditions, movable)
        const below = down.map(e => replaceColumns(e, index => node.expressions[index]!))
        return filtered(
          mapInputs(node, input => this.push(input, below)),
          stay,
        )
      }
      case 'temporalFilter': {
        const [down, stay] = split(conditions, neverFails)
        return filtered(
          mapInputs(node, input => this.push(input, down)),
          stay,
        )
      }
      case 'repeat':
      case 'union': {
        const [down, stay] = split(conditions, e => !hasLambda(e))
        return filtered(
          mapInputs(node, input => this.push(input, down)),
          stay,
        )
      }
      case 'window': {
        const width = node.input.schema.length
        const onInput = (e: Expression) => [...columnsRead(e)].every(index => index < width) && neverFails(e)
        const [down, stay] = node.windowing.kind === 'session' ? [[], conditions] : split(conditions, onInput)
        return filtered(
          mapInputs(node, input => this.push(input, down)),
          stay,
        )
      }
      case 'aggregate': {
        const onKeys = (e: Expression) =>
          node.window === undefined &&
          node.keys.length > 0 &&
          neverFails(e) &&
          [...columnsRead(e)].every(index => index < node.keys.length)
        const [down, stay] = split(conditions, onKeys)
        const below = down.map(e => remap(e, index => node.keys[index]!))
        return filtered(
          mapInputs(node, input => this.push(input, below)),
          stay,
        )
      }
      case 'rank':
        return this.#rank(node, conditions)
      case 'match': {
        // Partitions have nothing to do with each other.
        const key = (index: number) => {
          const output = node.outputs[index]
          return output?.is === 'column' && node.partitionBy.includes(output.index) ? output.index : undefined
        }
        const onPartition = (e: Expression) =>
          neverFails(e) && [...columnsRead(e)].every(index => key(index) !== undefined)
        const [down, stay] = split(conditions, onPartition)
        const below = down.map(e => remap(e, index => key(index) ?? index))
        return filtered(
          mapInputs(node, input => this.push(input, below)),
          stay,
        )
      }
      case 'over': {
        // Whole partitions only: a row that is left out would be missing in the frames of others.
        const [down, stay] = split(conditions, e => isOnColumns(e, node.partitionBy))
        return filtered(
          mapInputs(node, input => this.push(input, down)),
          stay,
        )
      }
      case 'join':
        return this.#join(node, conditions)
      case 'temporalJoin':
      case 'asofJoin': {
        // Which right row a left row meets hangs on all right rows, so these are not thinned out.
        const width = node.left.schema.length
        const [down, stay] = split(conditions, e => neverFails(e) && sideOf(e, width) === 'left')
        return filtered({ ...node, left: this.push(node.left, down), right: this.push(node.right, []) }, stay)
      }
      case 'sort': {
        const whole = node.limit === undefined && node.offset === undefined
        const [down, stay] = whole ? split(conditions, neverFails) : [[], conditions]
        return filtered(
          mapInputs(node, input => this.push(input, down)),
          stay,
        )
      }
      default:
        return filtered(
          mapInputs(node, input => this.push(input, [])),
          conditions,
        )
    }
  }

  #rank(node: RankNode, conditions: readonly Expression[]): PlanNode {
    let { from, to } = node
    const rest: Expression[] = []
    for (const condition of conditions) {
      const range = node.output ? numberRange(condition, node.schema.length - 1) : undefined
      if (range === undefined) rest.push(condition)
      from = Math.max(from, range?.from ?? from)
      to = Math.min(to, range?.to ?? to)
    }
    const onPartition = (e: Expression) => isOnColumns(e, node.partitionBy)
    const [down, stay] = node.window === undefined ? split(rest, onPartition) : [[], rest]
    const narrowed: RankNode = { ...node, from, to, input: this.push(node.input, down) }
    return filtered(narrowed, stay)
  }

  #join(written: JoinNode, conditions: readonly Expression[]): PlanNode {
    const node = withoutUselessNulls(written, conditions)
    // One whose bounds in time are given stands for itself: it is not joined in another order.
    if (node.kind === 'inner' && (node.time === undefined || node.time.kind === 'keep'))
      return innerJoins(this, node, conditions)
    const width = node.left.schema.length
    const keepsLeft = node.kind !== 'right' && node.kind !== 'full'
    const keepsRight = node.kind === 'right' || node.kind === 'inner'
    const onLeft = (e: Expression) => keepsLeft && neverFails(e) && sideOf(e, width) === 'left'
    const onRight = (e: Expression) => keepsRight && neverFails(e) && sideOf(e, width) === 'right'
    const [toLeft, notLeft] = split(conditions, onLeft)
    const [toRight, stay] = split(notLeft, onRight)
    // A condition of ON over the side that need not have a partner thins that side out.
    const thins = (e: Expression) => neverFails(e) && sideOf(e, width) === (node.kind === 'right' ? 'left' : 'right')
    const own = node.condition === undefined ? [] : conjuncts(node.condition)
    const [thin, kept] = node.kind === 'full' ? [[], own] : split(own, thins)
    const thinLeft = node.kind === 'right' ? thin : []
    const thinRight = node.kind === 'right' ? [] : thin
    const down = (e: Expression) => remap(e, index => index - width)
    const left = this.push(node.left, [...toLeft, ...thinLeft])
    const right = this.push(node.right, [...toRight, ...thinRight].map(down))
    const { condition: _, ...bare } = node
    return filtered({ ...bare, left, right, ...(kept.length === 0 ? {} : { condition: all(kept) }) }, stay)
  }
}

/** An outer join whose rows without partner do not pass the conditions behind it is an inner one on that side. */
function withoutUselessNulls(node: JoinNode, conditions: readonly Expression[]): JoinNode {
  const { kind } = node
  if (kind === 'inner' || kind === 'semi' || kind === 'anti') return node
  const width = node.left.schema.length
  const rejects = (side: (index: number) => boolean) => conditions.some(e => !hasLambda(e) && rejectsNulls(e, side))
  const needsRight = kind !== 'right' && rejects(index => index >= width)
  const needsLeft = kind !== 'left' && rejects(index => index < width)
  if (!needsLeft && !needsRight) return node
  const changed = needsLeft && needsRight ? 'inner' : kind !== 'full' ? 'inner' : needsRight ? 'right' : 'left'
  return { ...node, kind: changed, schema: joinedSchema(changed, node.left.schema, node.right.schema) }
}

/** Of conditions written later those that cannot fail come first where they may save a row from failing. */
function afterSafe(later: readonly Expression[], own: readonly Expression[]): readonly Expression[] {
  if (later.length === 0 || own.every(neverFails)) return [...own, ...later]
  return [...later.filter(neverFails), ...own, ...later.filter(e => !neverFails(e))]
}

/** The conditions that move, and those that stay. Behind one that stays, only those that cannot fail move. */
export function split(
  conditions: readonly Expression[],
  movable: (e: Expression) => boolean,
): readonly [readonly Expression[], readonly Expression[]] {
  const down: Expression[] = []
  const stay: Expression[] = []
  for (const condition of conditions) {
    if (movable(condition) && isDeterministicCall(condition) && (stay.length === 0 || neverFails(condition)))
      down.push(condition)
    else stay.push(condition)
  }
  return [down, stay]
}

export const filtered = (node: PlanNode, conditions: readonly Expression[]): PlanNode =>
  conditions.length === 0 ? node : FilterNode.create(node, all(conditions))

/** The bounds that a comparison of the number with a constant sets. */
function numberRange(e: Expression, number: number): { readonly from?: number; readonly to?: number } | undefined {
  if (e.is !== 'call') return undefined
  const isNumber = (arg: Expression | undefined): boolean =>
    arg !== undefined && ((arg.is === 'column' && arg.index === number) || (arg.is === 'cast' && isNumber(arg.input)))
  if (e.name === 'between') {
    const [value, low, high] = e.args
    const [from, to] = [whole(low), whole(high)]
    return isNumber(value) && from !== undefined && to !== undefined ? { from, to } : undefined
  }
  const [left, right] = e.args
  const flipped = isNumber(right)
  const bound = flipped ? whole(left) : isNumber(left) ? whole(right) : undefined
  if (bound === undefined || e.args.length !== 2) return undefined
  switch (flipped ? (mirror[e.name] ?? e.name) : e.name) {
    case '=':
      return { from: bound, to: bound }
    case '<':
      return { to: bound - 1 }
    case '<=':
      return { to: bound }
    case '>':
      return { from: bound + 1 }
    case '>=':
      return { from: bound }
    default:
      return undefined
  }
}

const mirror: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

function whole(e: Expression | undefined): number | undefined {
  if (e?.is === 'cast') return whole(e.input)
  if (e?.is !== 'literal') return undefined
  const value: Value = e.value
  if (typeof value === 'number' && Number.isInteger(value) && e.type.is !== 'date') return value
  return typeof value === 'bigint' && e.type.is === 'bigint' ? Number(value) : undefined
}

/** Whether it reads no other columns, and fails for no row. */
function isOnColumns(e: Expression, columns: readonly number[]): boolean {
  const read = columnsRead(e)
  return neverFails(e) && [...read].every(index => columns.includes(index))
}
