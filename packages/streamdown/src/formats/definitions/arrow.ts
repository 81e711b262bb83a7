import { StreamdownError } from '../../errors/error.ts'
import type { FormatDefinition } from './definition.ts'

/** What writes, loaded when a table is written: a program without it starts sooner. */
let writer: typeof import('../arrow/encode.ts') | undefined

function loaded(): NonNullable<typeof writer> {
  if (writer === undefined) throw new StreamdownError('DSD9002', 'Arrow is written before its writer is loaded.')
  return writer
}

export const arrow: FormatDefinition = {
  name: 'arrow',
  summary:
    "Apache Arrow's IPC format: streams and files (Feather 2) are read, packed with zstd, LZ4 or not; streams are written, a record batch for each batch of rows.",
  options: [],
  lines: false,
  accepts: 'append',
  check: () => undefined,
  load: async () => {
    writer ??= await import('../arrow/encode.ts')
  },
  encoder: (memory, columns) => loaded().createArrowEncoder(memory, columns),
  head: columns => loaded().arrowHeader(columns),
}
