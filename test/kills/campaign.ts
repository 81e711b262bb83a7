/** Runs a program while its input grows, ends it again and again, and compares with a run that nobody disturbed. */
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { dsd, type Ended, start } from '../cli/command.ts'
import { type Below, belowFrom, type Input, makeInput } from './input.ts'
import { outputFile, outputs, programText } from './program.ts'

export interface Campaign {
  readonly seed: number
  readonly orders: number
  readonly rounds: number
  readonly workers: number
  /** Memory of a worker, as `--memory` takes it. */
  readonly memory: string
  /** Where the files may lie. */
  readonly folder: string
}

export interface Report {
  readonly rounds: number
  /** Rounds that were ended when the program had begun to write. */
  readonly inTheMiddle: number
  /** Rows, or what the changes add up to, of each output. */
  readonly rows: ReadonlyMap<string, number>
  /** What differs from the run that was not disturbed. */
  readonly problems: readonly string[]
}

const INTERVALS = ['20 ms', '100 ms', '1 s', '1 h']

export async function runKills(campaign: Campaign): Promise<Report> {
  const below = belowFrom(campaign.seed)
  const [input, killed, straight] = ['in', 'killed', 'straight'].map(name => join(campaign.folder, name))
  if (input === undefined || killed === undefined || straight === undefined) throw new RangeError('no folders')
  for (const folder of [input, killed, straight]) mkdirSync(folder)
  const file = join(campaign.folder, 'killed.sql')
  writeFileSync(file, programText(input, killed))
  const args = ['run', file, '--state', join(campaign.folder, 'state'), ...limits(campaign)]

  const lines = makeInput(campaign.seed, campaign.orders)
  for (const name of Object.keys(lines)) writeFileSync(join(input, `${name}.ndjson`), '')
  let inTheMiddle = 0
  for (let round = 0; round < campaign.rounds; round++) {
    const share = [round / campaign.rounds, (round + 1) / campaign.rounds] as const
    if (await disturbed(args, below, killed, half => append(input, lines, share, half))) inTheMiddle += 1
  }
  ended(dsd(...args, '--until-idle', '--drain'))

  const undisturbed = join(campaign.folder, 'straight.sql')
  writeFileSync(undisturbed, programText(input, straight))
  ended(dsd('run', undisturbed, '--until-idle', '--drain'))

  const rows = new Map<string, number>()
  const problems: string[] = []
  for (const output of outputs) {
    const [found, expected] = [killed, straight].map(folder => resultOf(outputFile(folder, output), output.changes))
    if (found === undefined || expected === undefined) continue
    rows.set(output.name, totalOf(expected))
    const problem = difference(found, expected)
    if (problem !== undefined) problems.push(`${output.name}: ${problem}`)
  }
  return { rounds: campaign.rounds, inTheMiddle, rows, problems }
}

const limits = ({ workers, memory }: Campaign): string[] => ['--workers', String(workers), '--memory', memory]

/** One run, ended at a moment that is drawn. Gives whether rows had been written by then. */
async function disturbed(
  args: readonly string[],
  below: Below,
  output: string,
  grow: (half: 0 | 1) => void,
): Promise<boolean> {
  const interval = INTERVALS[below(INTERVALS.length)] ?? '1 s'
  const before = bytesOf(output)
  grow(0)
  const running = start(...args, '--set', `checkpoint_interval=${interval}`)
  const patience = below(1500)
  await pause(patience / 2)
  grow(1)
  // Every other time not before there is something to lose.
  if (below(2) === 0) await running.until(() => bytesOf(output) > before)
  await pause(patience / 2)
  const signal = below(4) === 0 ? 'SIGINT' : 'SIGKILL'
  running.signal(signal)
  const end = await running.end()
  if (signal === 'SIGINT' && end.status !== null) ended(end)
  return bytesOf(output) > before
}

function ended({ status, stdout, stderr }: Ended): void {
  if (status !== 0) throw new Error(`the program ended with ${status}:\n${stdout}${stderr}`)
}

const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))

/** One half of a share of each file's lines; the first half ends in the middle of a line. */
function append(input: string, lines: Input, [from, to]: readonly [number, number], half: 0 | 1): void {
  for (const [name, all] of Object.entries<readonly string[]>({ ...lines })) {
    const [first, last] = [Math.floor(from * all.length), Math.floor(to * all.length)]
    const text = all
      .slice(first, last)
      .map(line => `${line}\n`)
      .join('')
    const cut = text.length >> 1
    appendFileSync(join(input, `${name}.ndjson`), half === 0 ? text.slice(0, cut) : text.slice(cut))
  }
}

const linesOf = (file: string): readonly string[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter(line => line !== '')
    : []

const bytesOf = (folder: string): number =>
  outputs.reduce(
    (sum, output) =>
      sum + (existsSync(outputFile(folder, output)) ? readFileSync(outputFile(folder, output)).length : 0),
    0,
  )

/** How often each row is there: as written, or when its changes are added up. */
function resultOf(file: string, changes: boolean): ReadonlyMap<string, number> {
  const result = new Map<string, number>()
  const add = (row: unknown, weight: number): void => {
    const text = JSON.stringify(row)
    const sum = (result.get(text) ?? 0) + weight
    if (sum === 0) result.delete(text)
    else result.set(text, sum)
  }
  for (const line of linesOf(file)) {
    const row: unknown = JSON.parse(line)
    if (!changes) add(row, 1)
    else if (row !== null && typeof row === 'object' && 'before' in row && 'after' in row) {
      if (row.before !== null) add(row.before, -1)
      if (row.after !== null) add(row.after, 1)
    } else throw new Error(`no change: ${line}`)
  }
  return result
}

const totalOf = (result: ReadonlyMap<string, number>): number => [...result.values()].reduce((sum, n) => sum + n, 0)

function difference(found: ReadonlyMap<string, number>, expected: ReadonlyMap<string, number>): string | undefined {
  const wrong = [...new Set([...found.keys(), ...expected.keys()])].filter(row => found.get(row) !== expected.get(row))
  const shown = wrong
    .slice(0, 5)
    .map(row => `${row} is there ${found.get(row) ?? 0} times, not ${expected.get(row) ?? 0}`)
  return wrong.length === 0 ? undefined : `${wrong.length} rows differ: ${shown.join('; ')}`
}
