import type { Batch, Column } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { isView, physicalOf, widthOf } from '../types/physical.ts'
import { immediateSink } from './immediate-sink.ts'
import type { Connector } from './source.ts'

/** What was written to a checksum sink, by table name. */
export interface Checksum {
  /** Rows of the final table: those added less those taken back. */
  rows: number
  sum: bigint
}

/**
 * A sink for benchmarks and comparisons: reads every value and keeps the sum of a 64-bit hash of each row times its
 * weight, DOUBLE at 9 significant digits. Equal for equal final tables, whatever the order and the updates on the way.
 */
export function checksumConnector(results: Map<string, Checksum>): Connector {
  return {
    name: 'checksum',
    summary: 'Keeps the number of rows and an order-free checksum.',
    options: [],
    sink: {
      guarantee: 'exactly-once: nothing is written',
      create: relation => {
        const result: Checksum = { rows: 0, sum: 0n }
        results.set(relation.name, result)
        return immediateSink({
          accepts: 'retract',
          delivery: 'exactly-once',
          write: (batch, memory) => add(result, batch, memory),
        })
      },
    },
  }
}

function add(result: Checksum, batch: Batch, memory: Memory): void {
  const hashes = memory.chunkZeroed(batch.rows * 8)
  for (const column of batch.columns) {
    const physical = physicalOf(column.type)
    const width = isView(physical) ? 0 : widthOf(physical)
    memory.kernels.checksum_column(rounded(column, batch.rows, memory), column.validity, width, batch.rows, hashes)
  }
  result.rows += batch.weights === 0 ? batch.rows : Number(memory.kernels.checksum_rows(batch.weights, batch.rows))
  result.sum = BigInt.asUintN(
    64,
    result.sum + BigInt.asUintN(64, memory.kernels.checksum_sum(hashes, batch.weights, batch.rows)),
  )
}

/** Doubles cut to 9 significant digits, and -0 to 0; other columns as they are. */
function rounded(column: Column, rows: number, memory: Memory): number {
  if (column.type.is !== 'double') return column.data
  const values = memory.f64(column.data, rows).map(value => Number(value.toPrecision(9)) + 0)
  const data = memory.chunk(rows * 8)
  memory.f64(data, rows).set(values)
  return data
}
