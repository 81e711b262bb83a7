import { all, column, columns, conjuncts } from './expressions/build.ts'
import type { Expression } from './expressions/expression.ts'
import { neverFails } from './expressions/facts.ts'
import { columnsRead, remap } from './expressions/walk.ts'
import { type JoinKind, JoinNode, type PlanNode, ProjectNode } from './nodes/node.ts'

interface EqualPair {
  /** Over the left columns. */
  readonly left: Expression
  /** Over the right columns, counted from 0. */
  readonly right: Expression
  readonly nullsMatch: boolean
}

/** Which side's columns an expression over both reads. */
export function sideOf(e: Expression, width: number): 'left' | 'right' | 'both' | 'none' {
  const read = [...columnsRead(e)]
  if (read.length === 0) return 'none'
  const left = read.some(index => index < width)
  const right = read.some(index => index >= width)
  return left && right ? 'both' : left ? 'left' : 'right'
}

/** A cast that keeps the bytes as they are: to longer text, or to finer digits of the same kind of timestamp. */
export function withoutHarmlessCast(e: Expression): Expression {
  if (e.is !== 'cast') return e
  const [from, to] = [e.input.type, e.type]
  const text = from.is === 'string' && to.is === 'string' && !from.fixed && !to.fixed
  const longer = text && (to.length === undefined || (from.length !== undefined && from.length <= to.length))
  const finer =
    from.is === 'timestamp' && to.is === 'timestamp' && from.zoned === to.zoned && from.precision <= to.precision
  return longer || finer ? withoutHarmlessCast(e.input) : e
}

function equalPair(e: Expression, width: number): EqualPair | undefined {
  if (e.is !== 'call' || (e.name !== '=' && e.name !== 'is_not_distinct_from')) return nullSafePair(e, width)
  const [a, b] = e.args.map(withoutHarmlessCast)
  if (a === undefined || b === undefined) return undefined
  const sides = `${sideOf(a, width)} ${sideOf(b, width)}`
  const toRight = (side: Expression) => remap(side, index => index - width)
  const nullsMatch = e.name === 'is_not_distinct_from'
  if (sides === 'left right') return { left: a, right: toRight(b), nullsMatch }
  return sides === 'right left' ? { left: b, right: toRight(a), nullsMatch } : undefined
}

/** `a = b OR (a IS NULL AND b IS NULL)`, in either order. */
function nullSafePair(e: Expression, width: number): EqualPair | undefined {
  if (e.is !== 'call' || e.name !== 'or' || e.args.length !== 2) return undefined
  const equality = e.args.find(arg => arg.is === 'call' && arg.name === '=')
  const nulls = e.args.find(arg => arg.is === 'call' && arg.name === 'and')
  if (equality === undefined || nulls?.is !== 'call' || nulls.args.length !== 2) return undefined
  const tested = nulls.args.flatMap(arg =>
    arg.is === 'call' && arg.name === 'is_null' && arg.args[0]?.is === 'column' ? [arg.args[0].index] : [],
  )
  const pair = equalPair(equality, width)
  if (pair?.left.is !== 'column' || pair.right.is !== 'column' || tested.length !== 2) return undefined
  const both = tested.includes(pair.left.index) && tested.includes(pair.right.index + width)
  return both ? { ...pair, nullsMatch: true } : undefined
}

/**
 * A join on any condition over left and right columns: equalities become keys (computed ones as added columns that a
 * projection above takes away again), the rest stays a condition. A computed key that can fail a row is taken only
 * when nothing written before it guards it.
 */
export function joinOn(kind: JoinKind, left: PlanNode, right: PlanNode, condition?: Expression): PlanNode {
  const width = left.schema.length
  const addedLeft: Expression[] = []
  const addedRight: Expression[] = []
  const keys: JoinNode['keys'][number][] = []
  const rest: Expression[] = []
  const place = (e: Expression, schemaWidth: number, added: Expression[]): number =>
    e.is === 'column' ? e.index : schemaWidth + added.push(e) - 1
  for (const part of condition === undefined ? [] : conjuncts(condition)) {
    const pair = equalPair(part, width)
    const plain = pair?.left.is === 'column' && pair.right.is === 'column'
    if (pair === undefined || !(plain || rest.length === 0 || neverFails(part))) {
      rest.push(part)
      continue
    }
    keys.push({
      left: place(pair.left, width, addedLeft),
      right: place(pair.right, right.schema.length, addedRight),
      nullsMatch: pair.nullsMatch,
    })
  }
  const widerLeft = withColumns(left, addedLeft)
  const widerRight = withColumns(right, addedRight)
  const moved = rest.map(e => remap(e, index => (index < width ? index : index + addedLeft.length)))
  const join = JoinNode.create(kind, widerLeft, widerRight, keys, moved.length === 0 ? undefined : all(moved))
  if (addedLeft.length === 0 && addedRight.length === 0) return join
  const onlyLeft = kind === 'semi' || kind === 'anti'
  const kept = onlyLeft
    ? left.schema.map((_, i) => i)
    : [...left.schema.map((_, i) => i), ...right.schema.map((_, i) => widerLeft.schema.length + i)]
  return ProjectNode.create(
    join,
    kept.map(i => ({ name: join.schema[i]!.name, value: column(join.schema, i) })),
  )
}

/** What `joinOn` gave with another node in the place of the join; a projection above it stays. */
export function overJoin(node: PlanNode, make: (join: JoinNode) => PlanNode): PlanNode {
  if (node.is === 'project') return { ...node, input: overJoin(node.input, make) }
  return node.is === 'join' ? make(node) : node
}

/** The node with columns appended. */
export function withColumns(node: PlanNode, added: readonly Expression[], names: readonly string[] = []): PlanNode {
  if (added.length === 0) return node
  return ProjectNode.create(node, [
    ...columns(node.schema).map(value => ({ name: value.name, value })),
    ...added.map((value, i) => ({ name: names[i] ?? `$${node.schema.length + i}`, value })),
  ])
}
