import { all, column, columns, conjuncts, test } from '../expressions/build.ts'
import type { Expression } from '../expressions/expression.ts'
import { neverFails } from '../expressions/facts.ts'
import { columnsRead, hasLambda, remap } from '../expressions/walk.ts'
import { joinOn } from '../joins.ts'
import { type JoinNode, type PlanNode, ProjectNode } from '../nodes/node.ts'
import { mapInputs } from '../visitor/inputs.ts'
import { type FilterPusher, filtered } from './filters.ts'

interface Cluster {
  readonly inputs: PlanNode[]
  readonly conditions: Expression[]
  ttl: bigint | undefined
}

/**
 * Inner joins that stand on each other, with the conditions on their result: conditions on one input move there, the
 * others to the first join that has all their columns, and inputs are joined in an order in which each has an equality
 * with those before it, where there is one. The columns come out in the written order.
 */
export function innerJoins(pusher: FilterPusher, node: JoinNode, conditions: readonly Expression[]): PlanNode {
  const cluster: Cluster = { inputs: [], conditions: [], ttl: undefined }
  gather(pusher, node, cluster, 0)
  const pending = [...cluster.conditions, ...conditions]
  // An arrow sees the columns that it was written over, in their places.
  if (pending.some(hasLambda))
    return filtered(
      mapInputs(node, input => pusher.push(input, [])),
      conditions,
    )
  const starts = startsOf(cluster.inputs)
  const owner = cluster.inputs.flatMap(({ schema }, i) => schema.map(() => i))
  const owners = new Map(pending.map(e => [e, new Set([...columnsRead(e)].map(index => owner[index]!))]))
  const ownersOf = (e: Expression) => owners.get(e)!
  const single = (e: Expression) => neverFails(e) && ownersOf(e).size === 1
  const alone = pending.filter(single)
  const inputs = cluster.inputs.map((input, i) => {
    const own = alone.filter(e => ownersOf(e).has(i)).map(e => remap(e, index => index - starts[i]!))
    return pusher.push(input, own)
  })
  const across = pending.filter(e => !single(e))
  const order = joinOrder(inputs.length, across, ownersOf)
  return assemble(inputs, starts, order, across, ownersOf, cluster.ttl)
}

/** `offset`: where the node's columns start among all columns of the cluster. */
function gather(pusher: FilterPusher, node: PlanNode, cluster: Cluster, offset: number): void {
  const inner = node.is === 'join' && node.kind === 'inner' && (node.time === undefined || node.time.kind === 'keep')
  if (!inner || (pusher.isShared(node) && offset + cluster.inputs.length > 0)) {
    cluster.inputs.push(node)
    return
  }
  if (node.time?.kind === 'keep' && (cluster.ttl === undefined || node.time.ttl > cluster.ttl))
    cluster.ttl = node.time.ttl
  const width = node.left.schema.length
  gather(pusher, node.left, cluster, offset)
  gather(pusher, node.right, cluster, offset + width)
  const shift = (e: Expression) => remap(e, index => index + offset)
  for (const key of node.keys) {
    const [left, right] = [column(node.left.schema, key.left), column(node.right.schema, key.right)]
    const sides = [left, { ...right, index: right.index + width }] as const
    cluster.conditions.push(shift(test(key.nullsMatch ? 'is_not_distinct_from' : '=', ...sides)))
  }
  if (node.condition !== undefined) cluster.conditions.push(...conjuncts(node.condition).map(shift))
}

function startsOf(inputs: readonly PlanNode[]): readonly number[] {
  let start = 0
  return inputs.map(input => {
    const here = start
    start += input.schema.length
    return here
  })
}

const isEquality = (e: Expression): boolean => e.is === 'call' && (e.name === '=' || e.name === 'is_not_distinct_from')

/** The written order, except that an input waits while it has no equality with those before and a later one has. */
function joinOrder(
  count: number,
  conditions: readonly Expression[],
  ownersOf: (e: Expression) => ReadonlySet<number>,
): readonly number[] {
  const links = conditions.filter(isEquality).map(ownersOf)
  const order = new Set([0])
  const left = Array.from({ length: count - 1 }, (_, i) => i + 1)
  while (left.length > 0) {
    const missing = new Set(
      links.flatMap(owners => {
        const others = [...owners].filter(o => !order.has(o))
        return others.length === 1 ? others : []
      }),
    )
    const linked = left.findIndex(i => missing.has(i))
    for (const next of left.splice(Math.max(0, linked), 1)) order.add(next)
  }
  return [...order]
}

function assemble(
  inputs: readonly PlanNode[],
  starts: readonly number[],
  order: readonly number[],
  conditions: readonly Expression[],
  ownersOf: (e: Expression) => ReadonlySet<number>,
  ttl: bigint | undefined,
): PlanNode {
  const place = new Map<number, number>()
  const addColumns = (input: number, at: number) => {
    for (const [i] of inputs[input]!.schema.entries()) place.set(starts[input]! + i, at + i)
  }
  let pending = [...conditions]
  let plan = inputs[order[0]!]!
  const joined = new Set([order[0]!])
  addColumns(order[0]!, 0)
  for (const next of order.slice(1)) {
    addColumns(next, plan.schema.length)
    joined.add(next)
    const last = joined.size === inputs.length
    // What can fail a row waits for the last join, behind everything that was written before it.
    const ready = pending.filter(e => (last || neverFails(e)) && [...ownersOf(e)].every(o => joined.has(o)))
    pending = pending.filter(e => !ready.includes(e))
    const on = ready.map(e => remap(e, index => place.get(index)!))
    const join = joinOn('inner', plan, inputs[next]!, on.length === 0 ? undefined : all(on))
    plan = ttl === undefined ? join : withTtl(join, ttl)
  }
  const rest = pending.map(e => remap(e, index => place.get(index)!))
  const done = filtered(plan, rest)
  if (order.every((input, i) => input === i)) return done
  const outputs = columns(inputs.flatMap(input => input.schema)).map(({ name, index }) => ({
    name,
    value: column(done.schema, place.get(index)!),
  }))
  return ProjectNode.create(done, outputs)
}

function withTtl(node: PlanNode, ttl: bigint): PlanNode {
  if (node.is === 'project') return { ...node, input: withTtl(node.input, ttl) }
  return node.is === 'join' ? { ...node, time: { kind: 'keep', ttl } } : node
}
