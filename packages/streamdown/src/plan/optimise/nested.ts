import { column } from '../expressions/build.ts'
import type { Expression } from '../expressions/expression.ts'
import { hasLambda, mapParts, parts } from '../expressions/walk.ts'
import type { FilterNode, PlanNode, ProjectNode, ScanNode } from '../nodes/node.ts'
import { inputsOf } from '../visitor/inputs.ts'
import { nodesOf, type Roots, transform } from '../visitor/transform.ts'

type Path = readonly number[]

/**
 * Scans read single fields of ROW columns where only those are used, so that the rest of the ROW is never decoded.
 * A scan qualifies when all that reads it, through filters, is projections.
 */
export function readNestedFields(roots: Roots): Roots {
  const readers = new Map<PlanNode, PlanNode[]>()
  for (const node of nodesOf(roots))
    for (const input of inputsOf(node)) readers.set(input, [...(readers.get(input) ?? []), node])
  const plans = new Map<PlanNode, ScanPlan>()
  for (const node of nodesOf(roots)) {
    if (node.is !== 'scan' || roots.includes(node) || node.relation.changes === 'upsert') continue
    const users = usersOf(node, readers, roots)
    const plan = users === undefined ? undefined : planScan(node, users)
    if (plan === undefined) continue
    for (const part of [node, ...users!]) plans.set(part, plan)
  }
  if (plans.size === 0) return roots
  return transform(roots, (node, original) => {
    const plan = plans.get(original)
    if (plan === undefined) return node
    if (node.is === 'scan') return plan.scan
    if (node.is === 'filter') return { ...node, condition: plan.rewrite(node.condition), schema: plan.scan.schema }
    return node.is === 'project' ? { ...node, expressions: node.expressions.map(plan.rewrite) } : node
  })
}

interface ScanPlan {
  readonly scan: ScanNode
  readonly rewrite: (e: Expression) => Expression
}

/** The filters and projections that read the scan's columns; undefined when something else does. */
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

function planScan(scan: ScanNode, users: readonly (FilterNode | ProjectNode)[]): ScanPlan | undefined {
  const used = new Map<number, Path[]>()
  const note = (e: Expression): void => {
    const path = pathOf(e)
    if (path !== undefined) used.set(path.column, [...(used.get(path.column) ?? []), path.fields])
    else for (const part of parts(e)) note(part)
  }
  for (const user of users) for (const e of user.is === 'filter' ? [user.condition] : user.expressions) note(e)
  const nested = [...used].filter(
    ([index, paths]) => scan.schema[index]!.type.is === 'row' && paths.every(path => path.length > 0),
  )
  if (nested.length === 0) return undefined
  const places = new Map<string, number>()
  const columns: ScanNode['columns'][number][] = []
  const schema: ScanNode['schema'][number][] = []
  const split = new Map(nested)
  for (const [index, source] of scan.columns.entries()) {
    const paths = split.get(index)
    const outermost = paths === undefined ? [[]] : outer(paths)
    for (const path of outermost) {
      places.set(`${index}/${path.join('/')}`, columns.length)
      columns.push({ column: source.column, path: [...source.path, ...path] })
      schema.push(fieldAt(scan.schema[index]!, path))
    }
  }
  const time =
    scan.eventTime === undefined
      ? {}
      : { eventTime: { ...scan.eventTime, column: places.get(`${scan.eventTime.column}/`)! } }
  if (scan.eventTime !== undefined && split.has(scan.eventTime.column)) return undefined
  const made: ScanNode = { ...scan, columns, schema, ...time }
  const rewrite = (e: Expression): Expression => {
    const path = pathOf(e)
    if (path === undefined) return mapParts(e, rewrite)
    for (let length = 0; length <= path.fields.length; length++) {
      const place = places.get(`${path.column}/${path.fields.slice(0, length).join('/')}`)
      if (place !== undefined) return withFields(column(made.schema, place), path.fields.slice(length))
    }
    return e
  }
  return { scan: made, rewrite }
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
