import { sameType } from '../functions/common-type.ts'
import { conjuncts } from '../plan/expressions/build.ts'
import type { Expression } from '../plan/expressions/expression.ts'
import { isTimed, type PlanNode, type ScanNode } from '../plan/nodes/node.ts'
import { nodesOf, readersOf } from '../plan/visitor/transform.ts'
import type { DataType } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'

/**
 * The scans of a query of which it asks for one row, and the row's primary key: `WHERE key = 5`. What keeps its rows by key
 * then need not go through all of them.
 */
export function pointLookups(root: PlanNode): ReadonlyMap<ScanNode, readonly Value[]> {
  const readers = readersOf([root])
  const found = new Map<ScanNode, readonly Value[]>()
  for (const node of nodesOf([root])) {
    if (node.is !== 'filter' || node.input.is !== 'scan') continue
    const scan = node.input
    // Another reader sees all rows.
    if ((readers.get(scan) ?? 0) > 1) continue
    const key = keyOf(scan, conjuncts(node.condition))
    if (key !== undefined) found.set(scan, key)
  }
  return found
}

function keyOf(scan: ScanNode, conditions: readonly Expression[]): readonly Value[] | undefined {
  const { primaryKey } = scan.relation
  if (primaryKey.length === 0 || isTimed(scan)) return undefined
  const key: Value[] = []
  for (const column of primaryKey) {
    const output = scan.columns.findIndex(each => each.column === column && each.path.length === 0)
    const value = conditions.map(condition => equalTo(condition, output)).find(each => each !== undefined)
    if (value === undefined) return undefined
    key.push(value)
  }
  return key
}

/** The constant that a condition says the column is equal to. */
function equalTo(condition: Expression, column: number): Value | undefined {
  if (condition.is !== 'call' || condition.name !== '=') return undefined
  const [a, b] = condition.args
  const [place, constant] = a?.is === 'literal' ? [b, a] : [a, b]
  if (place?.is !== 'column' || place.index !== column || constant?.is !== 'literal') return undefined
  const isExact = exactTypes.has(place.type.is) && sameType(place.type, constant.type)
  return isExact && constant.value !== null ? constant.value : undefined
}

/** Types whose values are equal just when they are the same. */
const exactTypes: ReadonlySet<DataType['is']> = new Set([
  'boolean',
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'decimal',
  'string',
  'bytes',
  'date',
  'time',
  'timestamp',
])
