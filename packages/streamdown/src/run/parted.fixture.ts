import { rowsOf } from '../batch/values.ts'
import { createNodeEnvironment } from '../connect/node/environment.ts'
import { sourceOf } from '../connect/relation.fixture.ts'
import type { Connector } from '../connect/source.ts'
import { createSession } from '../session/create.ts'
import { VirtualClock } from './clock.ts'
import { plainEngine } from './engine.fixture.ts'
import { Engine, type EngineOptions } from './engine.ts'
import { Partition } from './partition.fixture.ts'

export const MINUTE = 60_000_000n

export interface Rig {
  readonly engine: Engine
  readonly clock: VirtualClock
  readonly a: Partition
  readonly b: Partition
  /** Counts of windows that have come out: `start minute: rows`. */
  readonly windows: string[]
  /** Runs the steps that are due. */
  settle(): void
}

/** A source of two partitions, as `open` leaves them. */
export const parted = (open: (a: Partition, b: Partition) => void): Connector => ({
  name: 'parted',
  summary: 'two partitions',
  options: [],
  source: {
    guarantee: 'replays',
    create: () => ({
      bounded: false,
      replays: true,
      open: async ({ scan }) => {
        const [a, b] = [new Partition('a', scan), new Partition('b', scan)]
        open(a, b)
        return [a, b]
      },
    }),
  },
})

/** A count a minute over a source of two partitions, a and b. */
export async function rig(table = '', more: Partial<EngineOptions> = {}): Promise<Rig> {
  const environment = await createNodeEnvironment()
  const session = await createSession({}, { ...environment, connectors: [parted(() => undefined)] })
  const program = await session.plan(`
    CREATE TABLE t (name STRING, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'parted'${table});
    CREATE MATERIALIZED VIEW counts AS SELECT window_start, COUNT(*) AS n
      FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end`)
  await session.close()
  const clock = new VirtualClock(0n)
  const windows: string[] = []
  const partitions: Partition[] = []
  const engine = new Engine(program, {
    ...plainEngine,
    clock,
    openSource: ({ relation }) =>
      sourceOf(
        parted((...opened) => {
          partitions.push(...opened)
        }),
        relation,
      ),
    outputs: {
      deliver: (_vertex, batch, memory) => {
        for (const [start, n] of rowsOf(memory, batch)) windows.push(`${Number(start) / 60_000_000}: ${n}`)
      },
      side: (_vertex, port, batch) => windows.push(`${port}: ${batch.rows}`),
      deadLetters: {
        add: ({ problem }) => {
          throw new RangeError(problem)
        },
      },
      stepDone: () => undefined,
    },
    ...more,
  })
  await engine.open()
  const [a, b] = partitions
  if (a === undefined || b === undefined) throw new RangeError('the source was not opened')
  const settle = (): void => {
    while (engine.pending()) engine.runStep()
  }
  return { engine, clock, a, b, windows, settle }
}
