import { column } from '../expressions/build.ts'
import type { Expression } from '../expressions/expression.ts'
import { hasLambda, mapParts, parts } from '../expressions/walk.ts'
import { movedTime } from '../handed-on.ts'
import type { FilterNode, PlanNode, ProjectNode, ScanNode } from '../nodes/node.ts'
import { inputsOf } from '../visitor/inputs.ts'
import { nodesOf, type Roots, transform } from '../visitor/transform.ts'

type Path = readonly number[]

/**
 * Single fields of ROW columns are read where only those are used, so that the rest of the ROW is never decoded. A scan
 * or projection qualifies when all that reads it, through filters, is projections; projections first, from the outside
 * in, until the scans see which fields are wanted.
 */
export function readNestedFields(roots: Roots): Roots {
  let plan = roots
  for (;;) {
    const next = splitFirst(plan, 'project')
    if (next === plan) break
    plan = next
  }
  return splitAll(plan, 'scan')
}

/** One projection at a time: a split changes what the ones below it are asked for. */
function splitFirst(roots: Roots, is: 'project'): Roots {
  const readers = readersByInput(roots)
  for (const node of nodesOf(roots).toReversed()) {
    if (node.is !== is || roots.includes(node) || node.expressions.some(hasLambda)) continue
    const split = splitOf(node, readers, roots)
    if (split !== undefined) return rewritten(roots, new Map([node, ...split.users].map(part => [part, split.plan])))
  }
  return roots
}

function splitAll(roots: Roots, is: 'scan'): Roots {
  const readers = readersByInput(roots)
  const plans = new Map<PlanNode, SplitPlan>()
  for (const node of nodesOf(roots)) {
    if (node.is !== is || roots.includes(node) || node.relation.changes === 'upsert') continue
    const split = splitOf(node, readers, roots)
    if (split !== undefined) for (const part of [node, ...split.users]) plans.set(part, split.plan)
  }
  return plans.size === 0 ? roots : rewritten(roots, plans)
}

function readersByInput(roots: Roots): ReadonlyMap<PlanNode, readonly PlanNode[]> {
  const readers = new Map<PlanNode, PlanNode[]>()
  for (const node of nodesOf(roots))
    for (const input of inputsOf(node)) readers.set(input, [...(readers.get(input) ?? []), node])
  return readers
}

function splitOf(node: ScanNode | ProjectNode, readers: ReadonlyMap<PlanNode, readonly PlanNode[]>, roots: Roots) {
  const users = usersOf(node, readers, roots)
  const plan = users === undefined ? undefined : planSplit(node, users)
  return users === undefined || plan === undefined ? undefined : { users, plan }
}

function rewritten(roots: Roots, plans: ReadonlyMap<PlanNode, SplitPlan>): Roots {
  return transform(roots, (node, original) => {
    const plan = plans.get(original)
    if (plan === undefined) return node
    if (original === plan.of) return plan.split(node)
    if (node.is === 'filter') return { ...node, condition: plan.rewrite(node.condition), schema: plan.schema }
    return node.is === 'project' ? { ...node, expressions: node.expressions.map(plan.rewrite) } : node
  })
}

interface SplitPlan {
  readonly of: PlanNode
  /** The node with single fields in the place of ROWs; its inputs may have been rewritten. */
  readonly split: (node: PlanNode) => PlanNode
  readonly schema: ScanNode['schema']
  readonly rewrite: (e: Expression) => Expression
}

/** The filters and projections that read the node's columns; undefined when something else does. */
function usersOf(
  scan: PlanNode,
  readers: ReadonlyMap<PlanNode, readonly PlanNode[]>,
  roots: Roots,
): readonly (FilterNode | ProjectNode)[] | undefined {
  const users: (FilterNode | ProjectNode)[] = []
  for (const reader of readers.get(scan) ?? []) {
    if (reader.is === 'project') {
      if (reader.expressions.some(hasLambda)) return undefined
      users.push(reader)
      continue
    }
    if (reader.is !== 'filter' || hasLambda(reader.condition) || roots.includes(reader)) return undefined
    const beyond = usersOf(reader, readers, roots)
    if (beyond === undefined) return undefined
    users.push(reader, ...beyond)
  }
  return users
}

function planSplit(node: ScanNode | ProjectNode, users: readonly (FilterNode | ProjectNode)[]): SplitPlan | undefined {
  const used = new Map<number, Path[]>()
  const note = (e: Expression): void => {
    const path = pathOf(e)
    if (path !== undefined) used.set(path.column, [...(used.get(path.column) ?? []), path.fields])
    else for (const part of parts(e)) note(part)
  }
  for (const user of users) for (const e of user.is === 'filter' ? [user.condition] : user.expressions) note(e)
  const split = new Map(
    [...used].filter(([index, paths]) => node.schema[index]!.type.is === 'row' && paths.every(path => path.length > 0)),
  )
  const time = node.is === 'scan' ? node.eventTime : node.watermark
  if (split.size === 0 || (time !== undefined && split.has(time.column))) return undefined
  const places = new Map<string, number>()
  const sources: { readonly index: number; readonly path: Path }[] = []
  for (const index of node.schema.keys()) {
    const paths = split.get(index)
    for (const path of paths === undefined ? [[]] : outer(paths)) {
      places.set(`${index}/${path.join('/')}`, sources.length)
      sources.push({ index, path })
    }
  }
  const schema = sources.map(({ index, path }) => fieldAt(node.schema[index]!, path))
  const moved = time === undefined ? undefined : { ...time, column: places.get(`${time.column}/`)! }
  const rewrite = (e: Expression): Expression => {
    const path = pathOf(e)
    if (path === undefined) return mapParts(e, rewrite)
    for (let length = 0; length <= path.fields.length; length++) {
      const place = places.get(`${path.column}/${path.fields.slice(0, length).join('/')}`)
      if (place !== undefined) return withFields(column(schema, place), path.fields.slice(length))
    }
    return e
  }
  const splitNode = (rewrittenNode: PlanNode): PlanNode => {
    if (rewrittenNode.is === 'scan') {
      const columns = sources.map(({ index, path }) => {
        const source = rewrittenNode.columns[index]!
        return { column: source.column, path: [...source.path, ...path] }
      })
      const { handedOn } = rewrittenNode
      const place = (column: number | undefined) => places.get(`${column}/`)
      return {
        ...rewrittenNode,
        columns,
        schema,
        ...(moved === undefined ? {} : { eventTime: moved }),
        ...(handedOn === undefined ? {} : { handedOn: movedTime(handedOn, place) }),
      }
    }
    if (rewrittenNode.is !== 'project') return rewrittenNode
    const expressions = sources.map(({ index, path }) => withFields(rewrittenNode.expressions[index]!, path))
    return { ...rewrittenNode, expressions, schema, ...(moved === undefined ? {} : { watermark: moved }) }
  }
  return { of: node, split: splitNode, schema, rewrite }
}

/** `column.field.field…` */
function pathOf(e: Expression): { readonly column: number; readonly fields: Path } | undefined {
  if (e.is === 'column') return { column: e.index, fields: [] }
  if (e.is !== 'field') return undefined
  const inner = pathOf(e.input)
  return inner && { column: inner.column, fields: [...inner.fields, e.index] }
}

/** Paths without those that lie below another. */
function outer(paths: readonly Path[]): readonly Path[] {
  const starts = (path: Path, other: Path) => other.length < path.length && other.every((field, i) => path[i] === field)
  const texts = new Set<string>()
  return paths.filter(path => {
    const text = path.join('/')
    if (texts.has(text) || paths.some(other => starts(path, other))) return false
    texts.add(text)
    return true
  })
}

function fieldAt(field: ScanNode['schema'][number], path: Path): ScanNode['schema'][number] {
  const [first, ...rest] = path
  if (first === undefined || field.type.is !== 'row') return field
  const inner = field.type.fields[first]!
  return fieldAt({ ...inner, nullable: inner.nullable || field.nullable }, rest)
}

function withFields(e: Expression, fields: Path): Expression {
  const [first, ...rest] = fields
  if (first === undefined || e.type.is !== 'row') return e
  const field = e.type.fields[first]!
  return withFields(
    { is: 'field', input: e, index: first, type: field.type, nullable: e.nullable || field.nullable },
    rest,
  )
}
