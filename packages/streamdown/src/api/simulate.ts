import { createMemory } from '../batch/linear-memory.ts'
import { rowsOf } from '../batch/values.ts'
import { readsDeadLetters } from '../connect/dead-letters.ts'
import { MemoryFeed, type WeightedRow } from '../connect/memory.ts'
import { StreamdownError } from '../errors/error.ts'
import { optimiseProgram } from '../plan/optimise/optimise.ts'
import { VirtualClock } from '../run/clock.ts'
import { Engine } from '../run/engine.ts'
import { decodeSnapshot, encodeSnapshot, type SavedSnapshot } from '../run/snapshot.ts'
import { consolidateRows } from '../session/consolidate-rows.ts'
import { DeadLetterLog } from '../session/dead-letters.ts'
import { StepLetters } from '../session/step-letters.ts'
import { TableStore } from '../session/table-store.ts'
import { Timestamp } from '../values/timestamp.ts'
import type { Change } from './change.ts'
import { type DeadLetter, letterObject } from './dead-letter.ts'
import type { RelationDraft, SourceRelation } from './draft/relation-draft.ts'
import { type Duration, durationMicros } from './duration.ts'
import { draftGiven, objectGiven } from './given.ts'
import type { Job } from './job.ts'
import { Lookup } from './lookup.ts'
import { LowerContext } from './lower/context.ts'
import type { Lowered } from './lower/lowered.ts'
import { columnsOfSource } from './lower/source.ts'
import { type Assembled, assemble, keyOf } from './program/assemble.ts'
import { changesOf } from './program/changes.ts'
import type { Drafted, RelationOf, StreamOf, TableOf } from './types/brand.ts'
import type { InputRow } from './types/row.ts'
import { fromInput } from './values/from-input.ts'
import { rowInput, rowObject } from './values/row-codec.ts'

/** How a simulation runs. */
export interface SimulateOptions {
  /** The clock at the start. Default 1970-01-01T00:00:00Z. */
  readonly at?: Date | string
  /** Decides every choice that may vary. The same seed gives the same run. */
  readonly seed?: number
  /** Rows of a step: one, as many as the seed says, or all that are there. Default `all`. */
  readonly steps?: 'one' | 'random' | 'all'
  readonly workers?: number
}

/**
 * Runs a program in virtual time, without its connectors: rows are pushed, nothing waits, nothing leaves, and every
 * answer is there when a call returns. Each arrow is called twice for each row and must give one answer.
 */
export function simulate(program: object, options: SimulateOptions = {}): Simulation {
  return new Simulation(program, options)
}

/** What came out under one name. */
interface Output {
  readonly lowered: Lowered
  readonly key: readonly number[]
  readonly store: TableStore
  /** Rows added, in the order in which they came. */
  readonly added: WeightedRow[]
  /** Changes of finished steps that were not asked for yet. */
  steps: (readonly WeightedRow[])[]
}

/** A row, rows, an error; undefined: not yet. */
export type Answered<R> = R | readonly R[] | Error | undefined

const stepRows = { one: 1, random: 'random', all: 1_000_000_000 } as const

/** A program in virtual time. */
export class Simulation {
  readonly #options: SimulateOptions
  readonly #assembled: Assembled
  readonly #clock: VirtualClock
  readonly #feeds = new Map<string, MemoryFeed>()
  readonly #outputs = new Map<string, Output>()
  readonly #pending = new Map<string, WeightedRow[]>()
  readonly #letters = new DeadLetterLog()
  #engine: Engine

  /** @internal */
  constructor(program: object, options: SimulateOptions) {
    this.#options = options
    this.#assembled = assemble(program, undefined, new LowerContext(undefined, true))
    this.#clock = new VirtualClock(Timestamp.from(options.at ?? '1970-01-01T00:00:00Z').micros)
    for (const { name, lowered } of [...this.#assembled.views, ...this.#assembled.jobs]) {
      const key = keyOf(lowered)
      this.#outputs.set(name, { lowered, key, store: new TableStore(key), added: [], steps: [] })
    }
    this.#engine = this.#opened(undefined)
    this.#settle()
  }

  /** Feeds rows to a stream or table that the program reads. */
  push<R>(to: RelationOf<R> & Drafted, ...rows: readonly InputRow<NoInfer<R>>[]): Simulation {
    const { draft, feed } = this.#source(draftGiven('push', to))
    const columns = columnsOfSource(this.#assembled.context, draft)
    feed.push(rows.map(row => ({ values: rowInput(columns, asObject(row)), weight: 1 })))
    return this.#settle()
  }

  /** Takes back a row of a table by its key. */
  remove<R, K extends keyof R>(from: TableOf<R, K>, key: InputRow<Pick<R, K>>): Simulation {
    const { draft, feed } = this.#source(draftGiven('remove', from))
    const given = asObject(key)
    const values = columnsOfSource(this.#assembled.context, draft).map(({ name, type }) =>
      draft.key.includes(name) ? fromInput(type, Reflect.get(given, name), name) : null,
    )
    feed.push([{ values, weight: -1 }])
    return this.#settle()
  }

  /** Moves the clock, and every watermark to at least the clock minus its lateness. */
  advance(by: Duration): Simulation {
    this.#clock.advance(durationMicros(by))
    this.#engine.raiseWatermarks(this.#clock.now())
    this.#engine.runStep()
    return this.#settle()
  }

  /** The inputs have ended: all windows close. */
  end(): Simulation {
    for (const feed of this.#feeds.values()) feed.end()
    this.#settle()
    this.#letters.feed.end()
    return this.#settle()
  }

  /** The rows of an exported table now, or all rows of an exported stream so far. */
  rows<R>(of: RelationOf<R> & Drafted): R[]
  rows(of: Drafted): unknown[] {
    const view = this.#view(draftGiven('rows', of))
    const { lowered, store, added } = this.#output(view.name)
    const rows = view.kind === 'table' ? store.rows() : added
    return rows.flatMap(({ values, weight }) =>
      Array.from({ length: weight }, () => rowObject(lowered.columns, values)),
    )
  }

  /** The changes of an exported table or stream since the last call. */
  changes<R>(of: RelationOf<R> & Drafted): Change<R>[]
  changes(of: Drafted): Change<unknown>[] {
    const output = this.#output(this.#view(draftGiven('changes', of)).name)
    const { steps, lowered, key } = output
    output.steps = []
    return steps.flatMap(rows => changesOf(lowered.columns, key, rows))
  }

  /** What an exported job has written so far: rows that were added, in their order. */
  written<R>(job: Job<R>): R[]
  written(job: Job<unknown>): unknown[] {
    const found = this.#assembled.jobs.find(one => one.draft === objectGiven('written() wants a job', job).draft)
    if (found === undefined) throw new StreamdownError('DSD5007', 'The program does not export this job.')
    const { lowered, added } = this.#output(found.name)
    return added.flatMap(({ values, weight }) =>
      Array.from({ length: weight }, () => rowObject(lowered.columns, values)),
    )
  }

  /** Rows that failed so far. */
  deadLetters(): readonly DeadLetter[] {
    return this.#letters.letters().map(letterObject)
  }

  /**
   * The questions of a lookup (keys), or of what `mapAsync` or `enrich` gave (rows), that are not answered: nothing
   * outside is asked here.
   */
  questions<R, K extends string>(of: Lookup<R, K>): (K extends keyof R ? R[K] : never)[]
  questions<R>(of: StreamOf<R>): Record<string, unknown>[]
  questions(of: Lookup<unknown, string> | Drafted): unknown[] {
    return this.#asked(of).flatMap(({ asked, open }) => open.map(({ values }) => asked.question(values)))
  }

  /**
   * Answers open questions, in their order: with a row, with rows (none: no match), or with an Error, as if it failed
   * for good. `undefined` leaves the question open.
   */
  answer<R, K extends string>(
    of: Lookup<R, K>,
    answer: (key: K extends keyof R ? R[K] : never) => Answered<R>,
  ): Simulation
  answer<R>(of: StreamOf<R>, answer: (row: Record<string, unknown>) => Answered<InputRow<R>>): Simulation
  answer(of: Lookup<unknown, string> | Drafted, answer: (question: never) => Answered<unknown>): Simulation {
    for (const { asked, open, inquiries } of this.#asked(of)) {
      for (const { number, values } of open) {
        const given: unknown = Reflect.apply(answer, undefined, [asked.question(values)])
        if (given instanceof Error) inquiries.answer(number, { problem: given.message })
        else if (given !== undefined)
          inquiries.answer(number, {
            rows: (Array.isArray(given) ? given : [given]).map(row => rowInput(asked.columns, asObject(row))),
          })
      }
    }
    return this.#settle()
  }

  /** Stops, and starts again from a snapshot: nothing may be lost or doubled. */
  restart(): Simulation {
    this.#engine = this.#opened(decodeSnapshot(encodeSnapshot(this.#engine.snapshot())))
    return this.#settle()
  }

  #opened(from: SavedSnapshot | undefined): Engine {
    const { seed = 0, steps = 'all', workers = 1 } = this.#options
    const { settings } = this.#assembled.context.bind
    const letters = new StepLetters({
      program: 'simulation',
      log: this.#letters,
      now: () => ({ step: engine.step, at: engine.now }),
      onDead: () => undefined,
    })
    const engine: Engine = new Engine(optimiseProgram(this.#assembled.program), {
      workers,
      stepRows: stepRows[steps],
      seed,
      clock: this.#clock,
      timeZone: settings.timezone,
      settings,
      journal: false,
      createMemory: () => createMemory(),
      openSource: ({ relation }) => {
        throw new StreamdownError('DSD9002', `A simulation opened ${relation.name}.`)
      },
      outputs: {
        deliver: ({ name }, batch, memory) => {
          const weights = batch.weights === 0 ? undefined : memory.i32(batch.weights, batch.rows).slice()
          const rows = rowsOf(memory, batch).map((values, row) => ({ values, weight: weights?.[row] ?? 1 }))
          this.#pending.set(name, [...(this.#pending.get(name) ?? []), ...rows])
        },
        side: (vertex, port, batch, memory) => {
          if (port === 'dead') letters.failed(vertex, batch, memory, 'row')
          if (port === 'undated') letters.failed(vertex, batch, memory, 'record')
        },
        deadLetters: letters.undecoded,
        stepDone: () => {
          letters.end()
          this.#stepDone()
        },
      },
    })
    if (from !== undefined) engine.restore(from)
    letters.watch(engine.graph)
    this.#feeds.clear()
    engine.openWith(scan => {
      if (readsDeadLetters(scan.relation)) return [this.#letters.feed.reader(scan)]
      const feed = this.#feeds.get(scan.relation.name) ?? new MemoryFeed()
      this.#feeds.set(scan.relation.name, feed)
      return [feed.reader(scan)]
    })
    return engine
  }

  #stepDone(): void {
    for (const [name, rows] of this.#pending) {
      const output = this.#output(name)
      const changes = rows.every(({ weight }) => weight > 0) ? rows : consolidateRows(rows)
      if (changes.length === 0) continue
      output.store.apply(changes)
      for (const change of changes) if (change.weight > 0) output.added.push(change)
      output.steps.push(changes)
    }
    this.#pending.clear()
  }

  #settle(): Simulation {
    while (this.#engine.pending()) this.#engine.runStep()
    return this
  }

  #source(draft: RelationDraft): { readonly draft: SourceRelation; readonly feed: MemoryFeed } {
    const relation = draft.is === 'source' ? this.#assembled.context.relations.get(draft) : undefined
    const feed = relation === undefined ? undefined : this.#feeds.get(relation.name)
    if (draft.is !== 'source' || feed === undefined) {
      throw new StreamdownError(
        'DSD5007',
        'Rows can be pushed to the streams and tables that the program reads from a source.',
      )
    }
    return { draft, feed }
  }

  #asked(of: Lookup<unknown, string> | Drafted) {
    const notes = this.#assembled.context.inquiries.get(of instanceof Lookup ? of : draftGiven('asked', of)) ?? []
    const running = notes.flatMap(asked =>
      this.#engine.inquiries
        .filter(({ inquiry }) => inquiry === asked.inquiry)
        .map(inquiries => ({ asked, inquiries, open: inquiries.open })),
    )
    if (running.length === 0)
      throw new StreamdownError(
        'DSD5007',
        'The program asks nothing there: give a lookup, or what mapAsync or enrich gave.',
      )
    return running
  }

  #view(draft: RelationDraft): Assembled['views'][number] {
    const view = this.#assembled.views.find(one => one.draft === draft)
    if (view === undefined)
      throw new StreamdownError(
        'DSD5007',
        'The program does not export this stream or table: export it, to see its rows.',
      )
    return view
  }

  #output(name: string): Output {
    const output = this.#outputs.get(name)
    if (output === undefined) throw new StreamdownError('DSD9002', `The program has no output ${name}.`)
    return output
  }
}

const asObject = (row: unknown): object => {
  if (typeof row === 'object' && row !== null) return row
  throw new StreamdownError('DSD5008', 'A row is an object.')
}
