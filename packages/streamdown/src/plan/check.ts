import { impureNames } from '../functions/user/impure.ts'
import { describe } from './explain/describe.ts'
import type { Expression } from './expressions/expression.ts'
import { isDeterministicCall } from './expressions/facts.ts'
import { visit } from './expressions/walk.ts'
import { longestMatch } from './match/pattern.ts'
import { endingSides, type JoinNode, type OverNode, type PlanNode } from './nodes/node.ts'
import { derive } from './properties.ts'
import { expressionsOf, nodesOf, type Roots } from './visitor/transform.ts'

/** What `check` warns of; the codes never change their meaning. docs/sql.md lists them. */
export const checkRules = {
  DSC001: {
    title: 'State grows without bound',
    remedy:
      'Group or join within a window, bound the join in time, say WITHIN in a pattern, give the state of a process function a ttl, or set state_ttl.',
  },
  DSC002: {
    title: 'Window over a time column without watermark',
    remedy: 'Declare WATERMARK FOR the column, so that windows close and their state ends.',
  },
  DSC003: {
    title: 'Clock or chance in rows that may be taken back',
    remedy: 'Compute it where the rows come in, or use a column of the input: a later retraction would not match.',
  },
  DSC004: {
    title: 'Changes meet a closing window',
    remedy:
      "A retraction that comes after its window closed goes to the late rows; SET window_emit = 'update' keeps windows open.",
  },
  DSC005: {
    title: 'Sum of floating point numbers',
    remedy: 'The last digits may depend on how input is cut and on the number of workers; use DECIMAL for exact sums.',
  },
  DSC006: {
    title: 'Every row meets every row',
    remedy: 'Give the join an equality, so that it can be spread over workers and looked up by key.',
  },
  DSC007: {
    title: 'Clock, chance or I/O in a TypeScript function',
    remedy:
      'A replay would give something else: use a column, now and random() of a process function, mapAsync or a lookup.',
  },
} as const satisfies Record<string, { readonly title: string; readonly remedy: string }>

export type CheckCode = keyof typeof checkRules

export interface Finding {
  readonly code: CheckCode
  /** The operator, as explain shows it. */
  readonly operator: string
  readonly message: string
}

/** All findings of a program's plan (optimised: only then are time bounds known). */
export function check(roots: Roots): readonly Finding[] {
  return nodesOf(roots).flatMap(node =>
    codesOf(node).map(code => ({
      code,
      operator: describe(node),
      message: `${checkRules[code].title}. ${checkRules[code].remedy}`,
    })),
  )
}

function codesOf(node: PlanNode): readonly CheckCode[] {
  const found: CheckCode[] = []
  if (growsForEver(node)) found.push('DSC001')
  if (node.is === 'window') {
    const input = derive(node.input)
    if (
      node.emit === 'update' &&
      node.time !== 'processing' &&
      !input.timeColumns.includes(node.time) &&
      !isBoundedInput(node.input)
    )
      found.push('DSC002')
    if (node.emit === 'close' && !input.appendOnly) found.push('DSC004')
  }
  if (changesItsMind(node)) found.push('DSC003')
  if (
    (node.is === 'aggregate' || node.is === 'over') &&
    node.calls.some(call => sums.has(call.name) && call.args.some(isFloat))
  )
    found.push('DSC005')
  if (
    (node.is === 'join' || node.is === 'temporalJoin') &&
    node.keys.length === 0 &&
    !isSingleRow(node.left) &&
    !isSingleRow(node.right)
  )
    found.push('DSC006')
  if (sourcesOf(node).some(source => impureNames(source).length > 0)) found.push('DSC007')
  return found
}

/** The TypeScript functions of a node. */
function sourcesOf(node: PlanNode): readonly string[] {
  if (node.is === 'process') return [node.code.source]
  const found: string[] = []
  for (const expression of expressionsOf(node))
    visit(expression, part => {
      if (part.is === 'lambda') found.push(part.source)
      if (part.is === 'call' && part.user !== undefined) found.push(part.user.source)
    })
  return found
}

const sums = new Set(['sum', 'avg', 'stddev_samp', 'stddev_pop', 'var_samp', 'var_pop'])
const isFloat = (e: Expression): boolean => e.type.is === 'double' || e.type.is === 'real'
const isSingleRow = (node: PlanNode): boolean => derive(node).keys.some(key => key.length === 0)

/** Input that ends, or in-memory tables, whose size their users decide. */
function isBoundedInput(node: PlanNode): boolean {
  return nodesOf([node]).every(
    n =>
      n.is !== 'scan' ||
      n.relation.bounded === true ||
      n.relation.connector === 'memory' ||
      n.relation.connector === 'view',
  )
}

function growsForEver(node: PlanNode): boolean {
  switch (node.is) {
    case 'aggregate':
      return node.window === undefined && node.ttl === undefined && node.keys.length > 0 && !isBoundedInput(node.input)
    case 'rank':
      return node.window === undefined && node.partitionBy.length > 0 && !isBoundedInput(node.input)
    case 'over':
      return overGrows(node) && !isBoundedInput(node.input)
    case 'join':
      return joinGrows(node)
    case 'temporalJoin':
      if (node.moment.is === 'eventTime') return false
      return !isBoundedInput(node.right) && derive(node.right).keys.length === 0
    case 'asofJoin':
      return !(isBoundedInput(node.left) && isBoundedInput(node.right))
    case 'recursive':
      return ![node.base, ...node.externals].every(isBoundedInput)
    case 'sort':
      return node.limit === undefined && !isBoundedInput(node.input)
    case 'match':
      return node.within === undefined && longestMatch(node.pattern) === undefined && !isBoundedInput(node.input)
    case 'process':
      return node.cells.some(({ ttl }) => ttl === undefined) && !isBoundedInput(node.input)
    default:
      return false
  }
}

/** Whether rows of a side never end, and there is no end to them. */
function joinGrows({ time, left, right }: JoinNode): boolean {
  if (time === undefined) return !(isBoundedInput(left) && isBoundedInput(right))
  if (time.kind !== 'interval') return false
  const ends = endingSides(time)
  return !(ends.left || isBoundedInput(left)) || !(ends.right || isBoundedInput(right))
}

/** Rows are kept for their corrections; in order, for frames without a bound only the sums before them. */
function overGrows(node: OverNode): boolean {
  if (node.emit === 'update' || node.emit === 'settled') return true
  return (
    node.partitionBy.length > 0 && node.calls.some(({ frame }) => frame.unit !== 'range' || frame.start === 'unbounded')
  )
}

function changesItsMind(node: PlanNode): boolean {
  if (node.is !== 'project' && node.is !== 'filter') return false
  return !derive(node.input).appendOnly && !expressionsOf(node).every(isDeterministicCall)
}
