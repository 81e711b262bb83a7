import { expressionText } from '../../plan/explain/text.ts'
import { durationSQL } from '../../plan/flink/expression.ts'
import type { PlanNode } from '../../plan/nodes/node.ts'
import type { Field, Schema } from '../../types/data-type.ts'
import type { CatalogEntry, TableColumn, TableEntry } from '../catalog.ts'

/** What DESCRIBE says of a column; null: nothing. */
export interface DescribedColumn extends Field {
  /** Of the primary key: `PRI(a, b)`. */
  readonly key: string | null
  /** How a column comes about that no row brings: `AS a + 1`, `METADATA FROM 'offset'`. */
  readonly extras: string | null
  /** How far behind the column the watermark stays. */
  readonly watermark: string | null
}

export function describedColumns(plan: PlanNode, entry?: CatalogEntry): readonly DescribedColumn[] {
  if (entry?.is === 'table') return tableColumns(entry)
  return plan.schema.map(column => ({ ...column, key: null, extras: null, watermark: null }))
}

function tableColumns({ relation, columns, plan }: TableEntry): readonly DescribedColumn[] {
  const keys = columns.filter(column => isKey(column, relation.primaryKey)).map(({ name }) => name)
  const { eventTime } = relation
  const computed = plan.is === 'project' ? plan.watermark : undefined
  return columns.map((column, at) => ({
    name: column.name,
    type: column.type,
    nullable: plan.schema[at]?.nullable ?? column.nullable,
    key: isKey(column, relation.primaryKey) ? `PRI(${keys.join(', ')})` : null,
    extras: extrasOf(column, relation.schema, relation.metadata ?? {}),
    watermark:
      computed?.column === at
        ? watermarkText(column.name, computed.delay)
        : eventTime !== undefined && eventTime.column === column.stored
          ? watermarkText(column.name, eventTime.delay)
          : null,
  }))
}

const isKey = ({ stored }: TableColumn, key: readonly number[]): boolean => stored !== undefined && key.includes(stored)

function extrasOf(column: TableColumn, schema: Schema, metadata: Readonly<Record<number, string>>): string | null {
  if (column.computed !== undefined) return `AS ${expressionText(column.computed, schema)}`
  if (column.kind !== 'metadata' || column.stored === undefined) return null
  return `METADATA FROM '${metadata[column.stored] ?? column.name}'`
}

const watermarkText = (column: string, delay: bigint): string =>
  delay === 0n ? column : `${column} - ${durationSQL(delay)}`
