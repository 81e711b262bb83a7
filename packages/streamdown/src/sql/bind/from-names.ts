import type { Identifier, Span, TableReference } from '../parse/ast.ts'
import type { BindContext } from './context.ts'
import { lastPart } from './names.ts'
import { fail } from './problem.ts'
import { relationName } from './relation-names.ts'

interface TableName {
  readonly name: string
  /** Of a table of the catalog without alias: two of different schemas may share a name. */
  readonly relation: string | undefined
  readonly at: Span
}

/** Says so where two tables of FROM go by one name. */
export function checkTableNames(context: BindContext, from: readonly TableReference[]): void {
  const known: TableName[] = []
  for (const table of from.flatMap(ref => namesIn(context, ref))) {
    const same = known.find(other => context.names.same(other.name, table.name))
    if (same !== undefined && (table.relation === undefined || [undefined, table.relation].includes(same.relation)))
      fail('DSD2008', `Two tables of FROM go by the name "${table.name}"; give one an alias.`, table.at)
    known.push(table)
  }
}

function namesIn(context: BindContext, ref: TableReference): readonly TableName[] {
  const { names } = context
  const aliased = (name: Identifier): readonly TableName[] => [
    { name: names.fold(name), relation: undefined, at: name.at },
  ]
  if (ref.alias !== undefined) return aliased(ref.alias.name)
  if (ref.is === 'join') return [...namesIn(context, ref.left), ...namesIn(context, ref.right)]
  if (ref.is !== 'table') return []
  const name = names.fold(lastPart(ref.name))
  const isCommon = ref.name.parts.length === 1 && context.commonTables.some(table => names.same(table.name, name))
  return [{ name, relation: isCommon ? undefined : relationName(context, ref.name), at: ref.at }]
}
