import { createMemory } from '../batch/linear-memory.ts'
import type { Memory } from '../batch/memory.ts'
import { batchFromRows, rowsOf } from '../batch/values.ts'
import type { StreamdownError } from '../errors/error.ts'
import { type Relation, ScanNode } from '../plan/nodes/node.ts'
import { type Clock, VirtualClock } from '../run/clock.ts'
import type { Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import type { Sink } from './sink.ts'
import type { Connector, DeadLetters, PartitionReader, Source, SourceContext } from './source.ts'

/** For tests: a relation of a connector, as CREATE TABLE makes it. */
export const relationOf = (
  connector: Connector,
  schema: Schema,
  options: Readonly<Record<string, string>> = {},
  more: Partial<Relation> = {},
): Relation => ({
  name: 't',
  schema,
  connector: connector.name,
  options: { connector: connector.name, ...options },
  primaryKey: [],
  changes: 'append',
  ...more,
})

export function sourceOf(connector: Connector, relation: Relation): Source {
  if (connector.source === undefined) throw new TypeError(`${connector.name} is no source`)
  return connector.source.create(relation)
}

export function sinkOf(connector: Connector, relation: Relation): Sink {
  if (connector.sink === undefined) throw new TypeError(`${connector.name} is no sink`)
  return connector.sink.create(relation)
}

/** Opens a source; `columns`: those that are read, all when not given. */
export async function open(
  source: Source,
  relation: Relation,
  {
    columns,
    position,
    clock = new VirtualClock(0n),
  }: { readonly columns?: ScanNode['columns']; readonly position?: string; readonly clock?: Clock } = {},
): Promise<PartitionReader> {
  const whole = ScanNode.create(relation)
  const context: SourceContext = {
    scan: columns === undefined ? whole : { ...whole, columns },
    schema: relation.schema,
    positions: new Map(position === undefined ? [] : [['0', position]]),
    clock,
  }
  const [reader] = await source.open(context)
  if (reader === undefined) throw new TypeError('the source has no partition')
  return reader
}

export interface Letter {
  readonly position: string
  readonly text: string
  readonly code: string
}

/** Reads what is ready now, at most `rows` rows at `maxRows` a read. */
export function drain(
  reader: PartitionReader,
  {
    memory = createMemory(),
    maxRows = 4096,
    rows = 1_000_000,
  }: { memory?: Memory; maxRows?: number; rows?: number } = {},
): { readonly rows: readonly (readonly Value[])[]; readonly dead: readonly Letter[] } {
  const read: Value[][] = []
  const dead: Letter[] = []
  const letters: DeadLetters = {
    add: ({ position, raw, code }) => dead.push({ position, text: new TextDecoder().decode(raw), code }),
  }
  while (read.length < rows && reader.state() === 'ready') {
    const mark = memory.mark()
    const batch = reader.read(Math.min(maxRows, rows - read.length), memory, letters)
    if (batch !== undefined) read.push(...rowsOf(memory, batch))
    memory.release(mark)
  }
  return { rows: read, dead }
}

/** Writes rows to a sink as one step. */
export function write(
  sink: Sink,
  schema: Schema,
  rows: readonly (readonly Value[])[],
  {
    epoch = 0n,
    weights,
    memory = createMemory(),
  }: { epoch?: bigint; weights?: readonly number[]; memory?: Memory } = {},
): void {
  const mark = memory.mark()
  sink.write(batchFromRows(memory, schema, rows, weights === undefined ? {} : { weights }), memory, epoch)
  memory.release(mark)
}

/** For assert.throws and assert.rejects: an error of this code whose message matches. */
export const coded =
  (code: string, message: RegExp) =>
  (error: StreamdownError): boolean =>
    error.code === code && message.test(error.message)
