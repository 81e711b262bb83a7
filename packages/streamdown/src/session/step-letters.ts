import type { Batch } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { rowsOf } from '../batch/values.ts'
import { readsDeadLetters } from '../connect/dead-letters.ts'
import type { DeadLetters } from '../connect/source.ts'
import type { Relation } from '../plan/nodes/node.ts'
import type { Graph, Vertex } from '../run/graph.ts'
import type { Field } from '../types/data-type.ts'
import { type DeadLetter, type DeadLetterLog, KEPT_LETTERS } from './dead-letters.ts'

interface Found {
  readonly letter: DeadLetter
  /** Below 0: a row that failed was taken back, or its group's result fits again. */
  readonly weight: number
  /** What failed came from dead letters: who reads them does not get it, or one letter would make the next for ever. */
  readonly ofLetters: boolean
}

export interface StepLettersOptions {
  readonly program: string
  readonly log: DeadLetterLog
  /** Step and clock of the step that runs. */
  now(): Pick<DeadLetter, 'step' | 'at'>
  /** Told at once, as the step may have to fail. */
  onDead(letter: DeadLetter, of: 'record' | 'row'): void
  /** Relations, besides the tables of dead letters, whose rows were made of them. */
  isOfLetters?(relation: Relation): boolean
}

/** The dead letters of a program's step: they count when it is through, those of a step that fails are none. */
export class StepLetters {
  /** Still dead: what came, less what was taken back. */
  count = 0
  readonly #options: StepLettersOptions
  #ofLetters: ReadonlySet<Vertex> = new Set()
  #found: Found[] = []

  constructor(options: StepLettersOptions) {
    this.#options = options
  }

  /** Where sources put what they cannot decode. */
  readonly undecoded: DeadLetters = {
    add: ({ source, position, raw, code, problem }) => {
      const letter = { ...this.#head(source), position, raw, code, problem }
      this.#add({ letter, weight: 1, ofLetters: false })
      this.#options.onDead(letter, 'record')
    },
  }

  /** Before the first step. */
  watch({ vertices }: Graph): void {
    const found = new Set<Vertex>()
    for (const vertex of vertices) {
      const reads = vertex.is === 'source' && this.#isOfLetters(vertex.scan.relation)
      if (reads || vertex.inputs.some(({ from }) => found.has(from))) found.add(vertex)
    }
    this.#ofLetters = found
  }

  /** The program reads dead letters, or what was made of them. */
  get readsLetters(): boolean {
    return this.#ofLetters.size > 0
  }

  /** Rows that made an operator fail, or could not be used by it: its columns, then code and problem. */
  failed(vertex: Vertex, batch: Batch, memory: Memory, of: 'record' | 'row'): void {
    const weights = batch.weights === 0 ? undefined : Array.from(memory.i32(batch.weights, batch.rows))
    const columns = columnsOf(vertex, batch)
    const ofLetters = this.#ofLetters.has(vertex)
    for (const [at, cells] of rowsOf(memory, batch).entries()) {
      const row = cells.slice(0, -2)
      const [code, problem] = cells.slice(-2)
      const letter: DeadLetter = {
        ...this.#head(vertex.name),
        columns,
        row,
        code: typeof code === 'string' ? code : 'DSD4007',
        problem: typeof problem === 'string' ? problem : '',
      }
      const weight = weights?.[at] ?? 1
      this.#add({ letter, weight, ofLetters })
      if (weight > 0) this.#options.onDead(letter, of)
    }
  }

  /** The step is through. */
  end(): void {
    if (this.#found.length === 0) return
    const { log } = this.#options
    const found = this.#found
    this.#found = []
    const came = found.filter(({ weight }) => weight > 0)
    log.add(came.map(({ letter }) => letter))
    log.feed.push(came.filter(({ ofLetters }) => !ofLetters).map(({ letter }) => log.rowOf(letter)))
    for (const { letter, weight } of found) if (weight < 0) log.takeBack(letter)
  }

  /** The step has failed: it is not made. */
  drop(): void {
    this.#found = []
  }

  #add(found: Found): void {
    this.count += found.weight > 0 ? 1 : -1
    this.#found.push(found)
    // Where nobody reads them, those that would not be kept need not wait for the end of the step.
    if (this.#found.length > 2 * KEPT_LETTERS && !this.#options.log.feed.isRead) this.#found.splice(0, KEPT_LETTERS)
  }

  #head(where: string): Pick<DeadLetter, 'program' | 'where' | 'step' | 'at'> {
    const { program, now } = this.#options
    return { program, where, ...now() }
  }

  #isOfLetters(relation: Relation): boolean {
    return readsDeadLetters(relation) || (this.#options.isOfLetters?.(relation) ?? false)
  }
}

/** The names of the columns that an operator was at: those of its input, of its output, or made up. */
function columnsOf({ inputs, schema }: Vertex, { columns }: Batch): readonly Field[] {
  const width = columns.length - 2
  const known = [...inputs.map(({ from }) => from.schema), schema].find(each => each.length === width)
  return columns
    .slice(0, width)
    .map(({ type }, i) => ({ name: known?.[i]?.name ?? `column${i + 1}`, type, nullable: true }))
}
