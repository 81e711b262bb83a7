import { rowsOf } from '../batch/values.ts'
import type { Relation } from '../plan/nodes/node.ts'
import { textOf } from '../values/text.ts'
import { textOption } from './options.ts'
import type { Sink } from './sink.ts'
import type { Connector, OptionDefinition } from './source.ts'

const options: readonly OptionDefinition[] = [
  { name: 'print-identifier', type: 'string', summary: 'Put before each row.', example: 'alerts' },
  {
    name: 'standard-error',
    type: 'boolean',
    default: 'false',
    summary: 'Accepted; where rows go is up to the program.',
  },
]

/** Prints a row a line as Flink does: `alerts> +I[1, a]`. */
export function printConnector(write: (text: string) => void): Connector {
  return {
    name: 'print',
    summary: 'Prints each change as a line.',
    options,
    sink: { guarantee: 'at-least-once', create: relation => printSink(relation, write) },
  }
}

function printSink(relation: Relation, write: (text: string) => void): Sink {
  const identifier = textOption(relation, options, 'print-identifier')
  const before = identifier === undefined ? '' : `${identifier}> `
  return {
    accepts: 'retract',
    delivery: 'at-least-once',
    open: async () => undefined,
    write(batch, memory) {
      const weights = batch.weights === 0 ? undefined : Array.from(memory.i32(batch.weights, batch.rows))
      let lines = ''
      rowsOf(memory, batch).forEach((row, index) => {
        const cells = row.map((value, at) => textOf(value, relation.schema[at]?.type ?? { is: 'null' }, 'flink'))
        const weight = weights?.[index] ?? 1
        const line = `${before}${weight > 0 ? '+I' : '-D'}[${cells.join(', ')}]\n`
        lines += line.repeat(Math.abs(weight))
      })
      write(lines)
    },
    backlog: () => 0,
    flush: async () => undefined,
    prepare: async () => '',
    commit: async () => undefined,
    abort: async () => undefined,
    close: async () => undefined,
  }
}
