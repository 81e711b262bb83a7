import { spawnSync } from 'node:child_process'
import { runChild } from './child.ts'
import { eventsFile } from './events-file.ts'
import { installedCommand } from './installed.ts'
import { jsonScan } from './json-scan.ts'
import type { RunLine } from './nexmark/run-query.ts'

interface Figure {
  readonly name: string
  readonly value: number
  readonly target: number
  /** Whether more or less is better. */
  readonly better: 'more' | 'less'
}

interface Peer {
  readonly events_per_cpu_s: number
}

/** 1.2 GB of NDJSON. All CPU seconds are of whole processes, ours and the peers'. */
const EVENTS = 4_000_000
const RATE = 100_000
/** Of the generator: so many have 840,000 groups of window and auction. */
const GENERATED = 14_000_000
/** A ratio is the median of so many pairs, measured one after the other: this machine may be shared. */
const PAIRS = 3

/** Each figure with its target, pass or miss; 1 when one is missed. Ratios of two things measured in this run. */
export async function figures(): Promise<number> {
  const file = await eventsFile(EVENTS, RATE)
  const ours = (query: string, source: string, events = EVENTS): RunLine =>
    runChild<RunLine>('./nexmark/run-query.ts', [
      `--query=${query}`,
      `--source=${source}`,
      `--events=${events}`,
      `--rate=${RATE}`,
      `--file=${file}`,
    ])
  const all: Figure[] = []
  const note = (name: string, value: number, target: number, better: Figure['better'] = 'more'): void => {
    const figure = { name, value, target, better }
    all.push(figure)
    console.log(lineOf(figure))
  }

  note('NDJSON scan, 3 of 7 columns, against JSON.parse', jsonScan(false).ratio, 8)
  note('the same, every tenth record laid out otherwise', jsonScan(true).ratio, 4)

  const perCpuSecond = (measure: () => Peer) => (): number => measure().events_per_cpu_s
  note(
    'tumbling count+sum from the generator, against a Map',
    medianRatio(
      perCpuSecond(() => ours('tumble', 'nexmark', GENERATED)),
      perCpuSecond(() => runChild<Peer>('./peers/node-objects.ts', [`--events=${GENERATED}`, `--rate=${RATE}`])),
    ),
    10,
  )
  note(
    'tumbling count+sum from NDJSON, against JSON.parse + Map',
    medianRatio(
      perCpuSecond(() => ours('tumble', 'ndjson')),
      perCpuSecond(() => runChild<Peer>('./peers/node-map.ts', [`--file=${file}`])),
    ),
    5,
  )
  for (const query of ['q1', 'q2']) {
    const args = [`--query=${query}`, `--file=${file}`, `--events=${EVENTS}`]
    note(
      `${query} from NDJSON, against DuckDB with one thread`,
      medianRatio(
        perCpuSecond(() => ours(query, 'ndjson')),
        perCpuSecond(() => runChild<Peer>('./peers/duckdb.ts', args)),
      ),
      2,
    )
  }

  note('start of a one-line program of the installed package, against node -e 0', startRatio(), 6, 'less')
  const peak = (events: number): number => ours('q7', 'nexmark', events).rss_mb
  const growth = medianRatio(
    () => peak(50_000_000),
    () => peak(5_000_000),
  )
  note('peak memory of q7 at 50 M events, against 5 M', growth, 1.15, 'less')
  return all.every(met) ? 0 : 1
}

const met = ({ value, target, better }: Figure): boolean => (better === 'more' ? value >= target : value <= target)

const lineOf = (figure: Figure): string =>
  `${met(figure) ? 'pass' : 'MISS'}  ${figure.name}: ${figure.value.toFixed(2)}x (target ${figure.better === 'more' ? 'at least' : 'at most'} ${figure.target}x)`

/** Of pairs measured in turn. */
const medianRatio = (ours: () => number, peer: () => number): number =>
  median(Array.from({ length: PAIRS }, () => ours() / peer()))

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

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
