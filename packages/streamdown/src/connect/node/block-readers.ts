import type { Relation, ScanNode } from '../../plan/nodes/node.ts'
import type { Value } from '../../types/value.ts'
import type { PartitionReader } from '../source.ts'
import type { ByteSource } from './byte-source.ts'

/** Where a partition of blocks is read from: `bytes` opens it at an offset. */
export interface BlockInput {
  readonly partition: string
  readonly relation: Relation
  readonly scan: ScanNode
  readonly position: string | undefined
  bytes(offset: string | undefined): ByteSource
  metadata(key: string): Value
}

/** Readers of the formats whose records lie in blocks, loaded when they are needed. */
export const blockReaders: Readonly<Record<string, (input: BlockInput) => Promise<PartitionReader>>> = {
  async avro({ partition, relation, scan, position, bytes, metadata }) {
    const { AvroReader } = await import('./avro.ts')
    const [offset, record] = position?.split(':') ?? []
    return new AvroReader(bytes(offset), partition, relation, scan, Number(record ?? 0), metadata)
  },
  async arrow({ partition, relation, scan, position, bytes, metadata }) {
    const { ArrowReader } = await import('./arrow.ts')
    return new ArrowReader(bytes(position && '0'), partition, relation, scan, position, metadata)
  },
}
