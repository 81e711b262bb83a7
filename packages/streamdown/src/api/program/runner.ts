import { readsDeadLetters } from '../../connect/dead-letters.ts'
import { assertGuarantees } from '../../connect/guarantees.ts'
import { MemoryFeed, type WeightedRow } from '../../connect/memory.ts'
import type { Sink } from '../../connect/sink.ts'
import type { Connector, Source } from '../../connect/source.ts'
import { StreamdownError } from '../../errors/error.ts'
import type { ScanNode, SinkNode } from '../../plan/nodes/node.ts'
import type { Program } from '../../plan/program.ts'
import { FIRST_STEP_ROWS } from '../../run/step-size.ts'
import { DeadLetterLog } from '../../session/dead-letters.ts'
import type { Environment } from '../../session/environment.ts'
import { Job } from '../../session/job.ts'
import { spillOf } from '../../session/programs.ts'
import { byteSizeOf } from '../byte-size.ts'
import { durationMicros } from '../duration.ts'
import { MemoryQueue } from '../memory-queue.ts'
import type { RunOptions } from '../run.ts'
import { rowInput } from '../values/row-codec.ts'
import type { Assembled } from './assemble.ts'

/** The job that runs an assembled program, as it was optimised. `onChanges` is told of each step's changes at a view. */
export function programJob(
  assembled: Assembled,
  program: Program,
  environment: Environment,
  options: RunOptions,
  onChanges: (name: string, rows: readonly WeightedRow[]) => void,
): Job {
  const connector = (name: string) => {
    const found = environment.connectors.find(one => one.name === name)
    if (found === undefined) throw new StreamdownError('DSD3001', `There is no connector '${name}'.`)
    return found
  }
  const letters = new DeadLetterLog()
  assertGuarantees(assembled.program, relation =>
    relation.handle instanceof MemoryQueue ? pushed : connector(relation.connector),
  )
  return new Job(program, {
    name: 'program',
    workers: options.workers ?? 1,
    stepRows: FIRST_STEP_ROWS,
    stopwatch: environment.stopwatch,
    ...(options.stepTime === undefined ? {} : { stepMs: Number(durationMicros(options.stepTime)) / 1000 }),
    seed: 0,
    clock: environment.clock,
    timeZone: assembled.context.bind.settings.timezone,
    settings: assembled.context.bind.settings,
    ...(options.maxDrift === undefined ? {} : { maxDrift: durationMicros(options.maxDrift) }),
    ...spillOf(environment, options.tempDirectory ?? options.state),
    ...(options.memory === undefined ? {} : { memoryBytes: byteSizeOf(options.memory) }),
    onError: options.onError ?? 'dead-letter',
    letters,
    isAlone: true,
    sleep: (ms, sooner) => environment.sleep(ms, sooner),
    openSource: scan => {
      const { relation } = scan
      if (relation.handle instanceof MemoryQueue) return memorySource(assembled, scan, relation.handle)
      return readsDeadLetters(relation) ? letters.feed.source() : sourceOf(connector(relation.connector), scan)
    },
    openSink: sink => sinkOf(connector(sink.relation.connector), sink, assembled.context.bind.settings.timezone),
    onChanges,
  })
}

/** Rows that the program pushes are gone once they are read. */
const pushed: Connector = {
  name: 'memory',
  summary: 'Rows that the program pushes.',
  options: [],
  source: { guarantee: 'at-most-once: it cannot be read again', create: () => new MemoryFeed().source() },
}

function sourceOf(connector: Environment['connectors'][number], { relation }: ScanNode): Source {
  if (connector.source === undefined)
    throw new StreamdownError('DSD3001', `Connector '${connector.name}' cannot be read from.`)
  return connector.source.create(relation)
}

function sinkOf(connector: Environment['connectors'][number], { relation }: SinkNode, timeZone: string): Sink {
  if (connector.sink === undefined)
    throw new StreamdownError('DSD3001', `Connector '${connector.name}' cannot be written to.`)
  return connector.sink.create(relation, timeZone)
}

/** Rows that the program pushes, those before the start included. */
function memorySource(assembled: Assembled, scan: ScanNode, queue: MemoryQueue): Source {
  const relation = [...assembled.context.relations].find(([, one]) => one.name === scan.relation.name)
  const columns = relation?.[0].columns ?? []
  const feed = new MemoryFeed()
  const source = feed.source()
  return {
    ...source,
    open: async context => {
      const readers = await source.open(context)
      queue.attach({
        push: rows => feed.push(rows.map(row => ({ values: rowInput(columns, row), weight: 1 }))),
        end: () => feed.end(),
      })
      return readers
    },
  }
}
