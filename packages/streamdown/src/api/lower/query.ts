import { sameType } from '../../functions/common-type.ts'
import type { CommonTable } from '../../sql/bind/common-tables.ts'
import { fail } from '../../sql/bind/problem.ts'
import { bindQuery } from '../../sql/bind/query.ts'
import { noteUserAggregates } from '../../sql/bind/syntax.ts'
import { parseStatement } from '../../sql/parse/parse.ts'
import { typeText } from '../../types/type-text.ts'
import { Decimal } from '../../values/decimal.ts'
import { Timestamp } from '../../values/timestamp.ts'
import type { ExpressionDraft, LiteralValue } from '../draft/expression-draft.ts'
import type { RelationDraft } from '../draft/relation-draft.ts'
import type { ColumnType } from '../schema/column-type.ts'
import type { RowType } from '../schema/row-type.ts'
import { functionName, type LowerContext } from './context.ts'
import { allVisible, type Lowered, type VisibleColumn, visibleOnly } from './lowered.ts'
import { lowerRelation } from './relations.ts'

/** A SQL query whose tables are relations of the program: they stand in it under names that nothing else has. */
export function lowerQuery(
  context: LowerContext,
  { pieces, holes, type }: Extract<RelationDraft, { is: 'query' }>,
): Lowered {
  const tables: CommonTable[] = []
  const text = pieces.reduce((before, piece, i) => {
    const hole = holes[i - 1]
    if (hole === undefined) return before + piece
    if (hole.is === 'value' && hole.value.is === 'function')
      return before + functionName(context, hole.value.of) + piece
    if (hole.is === 'value') return before + sqlText(hole.value) + piece
    const name = `relation ${i}`
    tables.push({ is: 'planned', name, plan: visibleOnly(lowerRelation(context, hole.relation)).node })
    return `${before}"${name}"${piece}`
  })
  const { statement } = parseStatement(text)
  noteUserAggregates(statement, name => context.bind.catalog.isUserAggregate(name))
  if (statement.is !== 'query') return fail('DSD2006', 'query`...` takes a SELECT.')
  const found = allVisible(bindQuery({ ...context.bind, commonTables: tables }, statement), [])
  return type === undefined ? found : { ...found, columns: saidColumns(found, type) }
}

/** The columns as the program says them. Throws DSD5012 naming one that the query does not give so. */
function saidColumns({ columns }: Lowered, { fields }: RowType<unknown>): readonly VisibleColumn[] {
  const extra = columns.find(({ name }) => !Object.hasOwn(fields, name))
  if (extra !== undefined)
    return fail(
      'DSD5012',
      `The query gives a column '${extra.name}', ${shown(extra.type)}, that its row type does not say.`,
    )
  return Object.entries(fields).map(([name, said]) => {
    const found = columns.find(one => one.name === name)
    if (found === undefined) {
      const given = columns.map(one => one.name).join(', ')
      return fail('DSD5012', `The query gives no column '${name}', which its row type says. Columns: ${given}.`)
    }
    if (!sameType(found.type.type, said.type))
      return fail('DSD5012', `Column '${name}' of the query is ${shown(found.type)}, its row type says ${shown(said)}.`)
    if (found.type.nullable && !said.nullable)
      return fail(
        'DSD5012',
        `Column '${name}' of the query may be NULL: say t.optional(...) in its row type, or COALESCE it.`,
      )
    return { ...found, type: said }
  })
}

const shown = ({ type }: ColumnType<unknown>): string => typeText(type)

function sqlText(draft: ExpressionDraft): string {
  switch (draft.is) {
    case 'literal':
      return literalText(draft.value)
    case 'column':
      return draft.path.map(quoted).join('.')
    default:
      return fail('DSD5007', 'Only values and col() may stand in query`...`: write the expression in SQL.')
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

function literalText(value: LiteralValue): string {
  if (value === null) return 'NULL'
  switch (typeof value) {
    case 'string':
      return `'${value.replaceAll("'", "''")}'`
    case 'number':
      return Number.isFinite(value) ? `(${value})` : `CAST('${value}' AS DOUBLE)`
    case 'bigint':
      return `(${value})`
    case 'boolean':
      return value ? 'TRUE' : 'FALSE'
    default:
      if (value instanceof Date)
        return `TIMESTAMP '${Timestamp.from(value).toISOString().replace('T', ' ').slice(0, -1)}'`
      if (value instanceof Uint8Array)
        return `X'${[...value].map(byte => byte.toString(16).padStart(2, '0')).join('')}'`
      return `(${new Decimal(value.unscaled, value.scale)})`
  }
}
