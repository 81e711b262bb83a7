import { spawnSync } from 'node:child_process'
import { runChild } from '../child.ts'
import { installedCommand } from '../installed.ts'
import { jsonScan } from '../json-scan.ts'
import { type Figure, median, medianRatio } from './figure.ts'
import { type Measured, RATE } from './measured.ts'

interface Peer {
  readonly events_per_cpu_s: number
}

/** So many of the generator's events have 840,000 groups of window and auction. */
const GENERATED = 14_000_000

/** Ratios of two things measured in one run. All CPU seconds are of whole processes, ours and the peers'. */
export function peerFigures(ours: Measured): readonly Figure[] {
  const perCpuSecond = (script: string, args: readonly string[]) => (): number =>
    runChild<Peer>(script, args).events_per_cpu_s
  const fromFile = (query: string) => (): number => ours.fromFile(query).events_per_cpu_s
  const ratio = (name: string, target: number, measure: () => number): Figure => ({
    name,
    target,
    unit: 'x',
    better: 'more',
    measure,
  })
  return [
    ratio('NDJSON scan, 3 of 7 columns, against JSON.parse', 8, () => jsonScan(false).ratio),
    ratio('the same, every tenth record laid out otherwise', 4, () => jsonScan(true).ratio),
    ratio('tumbling count+sum from the generator, against a Map', 10, () =>
      medianRatio(
        () => ours.generated('tumble', GENERATED).events_per_cpu_s,
        perCpuSecond('./peers/node-objects.ts', [`--events=${GENERATED}`, `--rate=${RATE}`]),
      ),
    ),
    ratio('tumbling count+sum from NDJSON, against JSON.parse + Map', 5, () =>
      medianRatio(fromFile('tumble'), perCpuSecond('./peers/node-map.ts', [`--file=${ours.file}`])),
    ),
    ...['q1', 'q2'].map(query =>
      ratio(`${query} from NDJSON, against DuckDB with one thread`, 2, () =>
        medianRatio(
          fromFile(query),
          perCpuSecond('./peers/duckdb.ts', [
            `--query=${query}`,
            `--file=${ours.file}`,
            `--events=${ours.eventsInFile}`,
          ]),
        ),
      ),
    ),
    {
      name: 'start of a one-line program of the installed package, against node -e 0',
      target: 6,
      unit: 'x',
      better: 'less',
      measure: startRatio,
    },
  ]
}

/** Medians of 20 interleaved starts. */
function startRatio(): number {
  const program = [installedCommand(), 'sql', '-e', 'SELECT 1']
  const ours: number[] = []
  const bare: number[] = []
  for (let run = 0; run < 20; run++) {
    ours.push(timed(program))
    bare.push(timed(['-e', '0']))
  }
  return median(ours) / median(bare)
}

function timed(args: readonly string[]): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed: ${stderr}`)
  return performance.now() - start
}
