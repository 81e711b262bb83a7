import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { argumentsOf, refuse, wholeNumber } from '../scripts/arguments.ts'
import { runChild } from './child.ts'
import { eventsFile } from './events-file.ts'
import { figures } from './figures/index.ts'
import { isQuery, queries } from './nexmark/queries.ts'
import type { RunLine } from './nexmark/run-query.ts'

const usage =
  'npm run bench -- [--query q5,q7] [--source nexmark|ndjson] [--events N] [--rate EVENTS_A_SECOND] [--workers N] [--json] | --figures [--only PATTERN] | --write-baseline'
const values = argumentsOf(usage, {
  query: { type: 'string' },
  source: { type: 'string' },
  events: { type: 'string', default: '2000000' },
  rate: { type: 'string', default: '100000' },
  workers: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
  figures: { type: 'boolean', default: false },
  only: { type: 'string', default: '' },
  'write-baseline': { type: 'boolean', default: false },
})

const baselinePath = new URL('./baseline.json', import.meta.url)
const sources = values.source === undefined ? ['nexmark', 'ndjson'] : [values.source]
const names = values.query === undefined ? Object.keys(queries) : values.query.split(',')
const unknown = names.find(name => !isQuery(name))
if (unknown !== undefined)
  refuse(`--query: there is no ${unknown}; there are ${Object.keys(queries).join(', ')}`, usage)
if (sources.some(source => source !== 'nexmark' && source !== 'ndjson')) {
  refuse(`--source takes nexmark or ndjson, not '${values.source}'`, usage)
}

/** `query source` -> events per CPU second as they were when the baseline was written: only ratios between runs count. */
type Baseline = Readonly<Record<string, number>>

async function runQueries(): Promise<number> {
  const events = wholeNumber('events', values.events, 1, usage)
  const rate = wholeNumber('rate', values.rate, 1, usage)
  wholeNumber('workers', values.workers, 1, usage)
  const file = sources.includes('ndjson') ? await eventsFile(events, rate) : ''
  const baseline: Baseline = existsSync(baselinePath)
    ? (JSON.parse(readFileSync(baselinePath, 'utf8')) as Baseline)
    : {}
  const measured: Record<string, number> = {}
  let different = 0
  if (!values.json) {
    console.log('query   source    events/CPU s  of baseline    rows out  checksum          peak MB  state MB')
  }
  for (const query of names) {
    const sums = new Set<string>()
    for (const source of sources) {
      const line = runOne(query, source, events, rate, file)
      sums.add(line.checksum)
      measured[`${query} ${source}`] = line.events_per_cpu_s
      if (values.json) console.log(JSON.stringify(line))
      else console.log(rowOf(line, baseline[`${query} ${source}`]))
    }
    if (sums.size > 1) {
      different += 1
      console.error(`${query}: the sources give different results`)
    }
  }
  if (values['write-baseline'])
    writeFileSync(baselinePath, `${JSON.stringify({ ...baseline, ...measured }, null, 2)}\n`)
  return different > 0 ? 1 : 0
}

function runOne(query: string, source: string, events: number, rate: number, file: string): RunLine {
  return runChild<RunLine>('./nexmark/run-query.ts', [
    `--query=${query}`,
    `--source=${source}`,
    `--events=${events}`,
    `--rate=${rate}`,
    `--workers=${values.workers}`,
    `--file=${file}`,
  ])
}

function rowOf(line: RunLine, before: number | undefined): string {
  const ratio = before === undefined ? '-' : (line.events_per_cpu_s / before).toFixed(2)
  return [
    line.query.padEnd(7),
    line.source.padEnd(9),
    String(line.events_per_cpu_s).padStart(12),
    ratio.padStart(12),
    String(line.rows_out).padStart(11),
    ` ${line.checksum}`,
    String(line.rss_mb).padStart(8),
    String(line.state_mb).padStart(9),
  ].join(' ')
}

process.exitCode = values.figures ? await figures(new RegExp(values.only)) : await runQueries()
