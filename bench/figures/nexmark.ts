import type { RunLine } from '../nexmark/run-query.ts'
import { type Figure, medianRatio } from './figure.ts'
import type { Measured } from './measured.ts'

const EVENTS = 8_000_000

interface Target {
  /** Million events a CPU second of the whole process. */
  readonly speed: number
  /** Peak of the process in MB at EVENTS events. */
  readonly memory: number
}

const STATELESS = 200
const STATEFUL = 1300

const generated: Readonly<Record<string, Target>> = {
  q0: { speed: 8, memory: STATELESS },
  q1: { speed: 8, memory: STATELESS },
  q2: { speed: 10, memory: STATELESS },
  q3: { speed: 6, memory: STATEFUL },
  q4: { speed: 2, memory: STATEFUL },
  q5: { speed: 3, memory: STATEFUL },
  q7: { speed: 3, memory: STATEFUL },
  q8: { speed: 5, memory: STATEFUL },
  q9: { speed: 1.2, memory: STATEFUL },
  q11: { speed: 3, memory: STATEFUL },
  q12: { speed: 5, memory: STATEFUL },
  q14: { speed: 7, memory: STATELESS },
  q15: { speed: 2.5, memory: STATEFUL },
  q16: { speed: 1, memory: STATEFUL },
  q17: { speed: 3, memory: STATEFUL },
  q18: { speed: 2, memory: STATEFUL },
  q19: { speed: 2, memory: STATEFUL },
  q20: { speed: 2, memory: STATEFUL },
  q21: { speed: 4, memory: STATELESS },
  q22: { speed: 5, memory: STATELESS },
}

const fromFile: Readonly<Record<string, number>> = { q0: 4, q4: 1.2, q5: 2, q7: 2 }

/** Queries whose cost of an event must not grow with the number of events. */
const STEADY = ['q5', 'q7', 'q8', 'q11']

/** Of Nexmark's queries with one worker: events a CPU second, peak memory, and how both grow with the input. */
export function nexmarkFigures(ours: Measured): readonly Figure[] {
  return [
    ...Object.entries(generated).flatMap(([query, target]) => speedAndMemory(ours, query, target)),
    ...Object.entries(fromFile).map(
      ([query, target]): Figure => ({
        name: `${query} from NDJSON`,
        target,
        unit: 'M events/CPU s',
        better: 'more',
        measure: () => ours.fromFile(query).events_per_cpu_s / 1e6,
      }),
    ),
    {
      name: 'peak memory of q7 at 50 M events, against 5 M',
      target: 1.15,
      unit: 'x',
      better: 'less',
      measure: () =>
        medianRatio(
          () => ours.generated('q7', 50_000_000).rss_mb,
          () => ours.generated('q7', 5_000_000).rss_mb,
        ),
    },
    ...STEADY.map(
      (query): Figure => ({
        name: `CPU an event of ${query} at 100 M events, against 1 M`,
        target: 1.3,
        unit: 'x',
        better: 'less',
        measure: () => cpuAnEvent(ours, query, 100_000_000) / cpuAnEvent(ours, query, 1_000_000),
      }),
    ),
  ]
}

/** Both are of one run. */
function speedAndMemory(ours: Measured, query: string, target: Target): readonly Figure[] {
  let line: RunLine | undefined
  const once = (): RunLine => {
    line ??= ours.generated(query, EVENTS)
    return line
  }
  return [
    {
      name: `${query} from the generator`,
      target: target.speed,
      unit: 'M events/CPU s',
      better: 'more',
      measure: () => once().events_per_cpu_s / 1e6,
    },
    {
      name: `peak memory of ${query} at 8 M events`,
      target: target.memory,
      unit: 'MB',
      better: 'less',
      measure: () => once().rss_mb,
    },
  ]
}

function cpuAnEvent(ours: Measured, query: string, events: number): number {
  const line = ours.generated(query, events)
  return line.cpu_s / line.events
}
