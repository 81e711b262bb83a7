import type { Column } from '../../../batch/batch.ts'
import type { Memory } from '../../../batch/memory.ts'
import { columnFromValues } from '../../../batch/values.ts'
import type { Schema } from '../../../types/data-type.ts'
import type { Value } from '../../../types/value.ts'

/** Key columns of rows whose keys are given as values. */
export function keyColumns(memory: Memory, fields: Schema, keys: readonly (readonly Value[])[]): readonly Column[] {
  return fields.map(({ type }, at) =>
    columnFromValues(
      memory,
      type,
      keys.map(key => key[at] ?? null),
    ),
  )
}
