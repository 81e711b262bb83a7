import * as arrow from '@uwdata/flechette'
import type { Batch } from '../../batch/batch.ts'
import type { Memory } from '../../batch/memory.ts'
import { takeRows } from '../../batch/select.ts'
import { int32s, weightsOf } from '../../batch/values.ts'
import type { Schema } from '../../types/data-type.ts'
import type { Encoder } from '../format.ts'
import { arrowFromBatches, emptyArrow } from './write.ts'

/** Behind the last message of a stream; more can be appended to one that lacks it, and readers do not ask for it. */
const END_BYTES = 8

/** Arrow's IPC stream: the schema once, then a record batch a batch. */
export function createArrowEncoder(memory: Memory, schema: Schema): Encoder {
  const header = arrowHeader(schema)
  return {
    header: () => header,
    encode(batch) {
      const table = arrowFromBatches(memory, schema, [unweighted(memory, batch)])
      return streamOf(table).subarray(header.length)
    },
  }
}

/** The schema message, with which a stream starts. */
export const arrowHeader = (schema: Schema): Uint8Array => streamOf(emptyArrow(schema))

function streamOf(table: arrow.Table): Uint8Array {
  const bytes = arrow.tableToIPC(table, { format: 'stream' })
  return bytes === null ? new Uint8Array(0) : bytes.subarray(0, bytes.length - END_BYTES)
}

/** Each row as often as its weight says. */
function unweighted(memory: Memory, batch: Batch): Batch {
  if (batch.weights === 0) return batch
  const weights = weightsOf(memory, batch)
  const rows = weights.flatMap((weight, row) => new Array<number>(Math.max(0, weight)).fill(row))
  return takeRows(memory, batch, int32s(memory, rows), rows.length)
}
