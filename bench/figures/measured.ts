import { runChild } from '../child.ts'
import { eventsFile } from '../events-file.ts'
import type { RunLine } from '../nexmark/run-query.ts'

/** Events a second of event time. */
export const RATE = 100_000

/** Runs of one query in a process of its own. */
export interface Measured {
  readonly file: string
  readonly eventsInFile: number
  readonly fromFile: (query: string) => RunLine
  readonly generated: (query: string, events: number) => RunLine
}

/** `eventsInFile` events as NDJSON; 4,000,000 are 1.2 GB. */
export async function measured(eventsInFile: number): Promise<Measured> {
  const file = await eventsFile(eventsInFile, RATE)
  const run = (query: string, source: string, events: number): RunLine =>
    runChild<RunLine>('./nexmark/run-query.ts', [
      `--query=${query}`,
      `--source=${source}`,
      `--events=${events}`,
      `--rate=${RATE}`,
      `--file=${file}`,
    ])
  return {
    file,
    eventsInFile,
    fromFile: query => run(query, 'ndjson', eventsInFile),
    generated: (query, events) => run(query, 'nexmark', events),
  }
}
