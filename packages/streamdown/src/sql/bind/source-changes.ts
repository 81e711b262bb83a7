import type { Relation } from '../../plan/nodes/node.ts'
import type { CreateTable } from '../parse/ast.ts'
import type { BindContext } from './context.ts'
import { fail } from './problem.ts'

/** Rows with their op, upserts by key, or inserts only: by connector, format and options. */
export function sourceChanges(
  context: BindContext,
  syntax: CreateTable,
  options: Readonly<Record<string, string>>,
  primaryKey: readonly number[],
): Relation['changes'] {
  const connector = options['connector'] ?? 'memory'
  const keyed = primaryKey.length > 0
  const declared = options['changelog-mode'] ?? options['changelog_mode']
  const format = (options['format'] ?? options['value.format'] ?? '').replaceAll('-', '_')
  const { format: clause } = syntax
  const debezium = /debezium|canal|maxwell/.test(format) || /DEBEZIUM|CANAL|MAXWELL/.test(clause?.format ?? '')
  const upsert = connector.startsWith('upsert') || clause?.format === 'UPSERT'
  if (declared !== undefined) {
    const kinds = declared.split(',').map(kind => kind.trim().toUpperCase())
    if (kinds.length === 1 && kinds[0] === 'I') return 'append'
    if (keyed && (!kinds.includes('UB') || context.settings.source_duplicates === 'true')) return 'upsert'
    return 'retract'
  }
  if (upsert) {
    if (!keyed) fail('DSD2011', 'An upsert source needs a PRIMARY KEY.', syntax.at)
    return 'upsert'
  }
  if (debezium) return keyed && context.settings.source_duplicates === 'true' ? 'upsert' : 'retract'
  if (connector === 'memory') return syntax.appendOnly ? 'append' : 'retract'
  return 'append'
}
