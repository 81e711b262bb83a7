import type { Batch } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { rowsOf, weightsOf } from '../batch/values.ts'
import { zoneNamed } from '../functions/time/zone.ts'
import type { OptionDefinition } from '../options/definition.ts'
import { booleanOption, refuseUnknown, textOption } from '../options/read.ts'
import type { Relation } from '../plan/nodes/node.ts'
import type { Value } from '../types/value.ts'
import { rowKey } from '../types/value-key.ts'
import { type TextZone, textOf } from '../values/text.ts'
import { immediateSink } from './immediate-sink.ts'
import type { Sink } from './sink.ts'
import type { Connector } from './source.ts'

const options: readonly OptionDefinition[] = [
  { name: 'print-identifier', type: 'string', summary: 'Put before each row.', example: 'alerts' },
  { name: 'standard-error', type: 'boolean', default: 'false', summary: 'Prints to standard error instead.' },
]

/** Where lines go. */
export interface Printer {
  write(text: string): void
  writeError(text: string): void
}

/**
 * Prints a change a line as Flink does: `alerts> +I[1, a]`. Where the table has a primary key, the old and the new row
 * of a key that changed are `-U` and `+U`; all other changes are `+I` and `-D`. TIMESTAMP_LTZ is shown in the session's zone.
 */
export function printConnector(printer: Printer): Connector {
  return {
    name: 'print',
    summary: 'Prints each change as a line.',
    options,
    sink: {
      guarantee: 'at-least-once',
      create: (relation, timeZone) => printSink(relation, printer, zoneNamed(timeZone ?? 'UTC')),
    },
  }
}

function printSink(relation: Relation, printer: Printer, zone: TextZone): Sink {
  refuseUnknown(relation, options)
  const identifier = textOption(relation, options, 'print-identifier')
  const before = identifier === undefined ? '' : `${identifier}> `
  const toError = booleanOption(relation, options, 'standard-error')
  return immediateSink({
    accepts: 'retract',
    delivery: 'at-least-once',
    write(batch, memory) {
      const lines = linesOf(relation, batch, memory, { before, zone })
      if (toError) printer.writeError(lines)
      else printer.write(lines)
    },
  })
}

function linesOf(
  relation: Relation,
  batch: Batch,
  memory: Memory,
  { before, zone }: { readonly before: string; readonly zone: TextZone },
): string {
  const rows = rowsOf(memory, batch)
  const weights = weightsOf(memory, batch)
  const keys = relation.primaryKey.length === 0 ? undefined : rows.map(row => keyOf(relation, row))
  const pairs = (old: number): boolean =>
    keys?.[old] !== undefined && keys[old] === keys[old + 1] && weights[old] === -1 && weights[old + 1] === 1
  let lines = ''
  rows.forEach((row, at) => {
    const weight = weights[at] ?? 1
    const kind = weight > 0 ? (pairs(at - 1) ? '+U' : '+I') : pairs(at) ? '-U' : '-D'
    const cells = row.map((value, column) =>
      textOf(value, relation.schema[column]?.type ?? { is: 'null' }, 'flink', zone),
    )
    lines += `${before}${kind}[${cells.join(', ')}]\n`.repeat(Math.abs(weight))
  })
  return lines
}

const keyOf = (relation: Relation, row: readonly Value[]): string =>
  rowKey(relation.primaryKey.map(column => row[column] ?? null))
