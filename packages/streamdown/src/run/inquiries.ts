import type { Batch } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { batchFromRows, readValue } from '../batch/values.ts'
import { decodeBatch, encodeBatch } from '../batch/wire.ts'
import type { PartitionReader } from '../connect/source.ts'
import type { Inquiry } from '../plan/nodes/node.ts'
import { field, type Schema, types } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'

/** A row of which the outside was asked and did not answer yet. */
export interface Question {
  readonly number: bigint
  readonly values: readonly Value[]
}

export type Answer = { readonly rows: readonly (readonly Value[])[] } | { readonly problem: string }

/** What asks: the real outside, or a test. */
export interface Asker {
  ask(question: Question, of: Inquiries): void
  close(): void
}

/** In front of the answer's columns: the question's number, whether this is a row, what went wrong. */
export const answerSchema = (answers: Schema): Schema => [
  field('$question', types.bigint, false),
  field('$row', types.boolean, false),
  field('$problem', types.string),
  ...answers.map(one => ({ ...one, nullable: true })),
]

/**
 * The boundary of one asynchronous operator: questions go out at the end of a step, answers come in as the rows of a
 * partition of their own, so that the journal has how many a step took, and here what they were.
 */
export class Inquiries {
  readonly inquiry: Inquiry
  readonly schema: Schema
  readonly #open = new Map<bigint, Question>()
  #queue: (readonly (readonly Value[])[])[] = []
  /** Answers of a journal, in the order in which they were taken. */
  #journalled: Uint8Array[] = []
  #taken: Uint8Array[] = []
  #asker: Asker | undefined
  #ended = false
  #wake: (() => void) | undefined

  constructor(inquiry: Inquiry, answers: Schema) {
    this.inquiry = inquiry
    this.schema = answerSchema(answers)
  }

  /** Questions without an answer that was taken in. */
  get open(): readonly Question[] {
    return [...this.#open.values()]
  }

  /** Nothing is asked, and no answer waits to be taken. */
  get quiet(): boolean {
    return this.#open.size === 0
  }

  /** From now on questions are asked, those that are open first. */
  start(asker: Asker): void {
    this.#asker = asker
    for (const question of this.#open.values()) asker.ask(question, this)
  }

  ask(question: Question): void {
    this.#open.set(question.number, question)
    this.#asker?.ask(question, this)
  }

  answer(number: bigint, answer: Answer): void {
    if (!this.#open.has(number)) return
    const blank = this.schema.slice(3).map(() => null)
    if ('problem' in answer) this.#queue.push([[number, false, answer.problem, ...blank]])
    else if (answer.rows.length === 0) this.#queue.push([[number, false, null, ...blank]])
    else this.#queue.push(answer.rows.map(row => [number, true, null, ...row]))
    this.#changed()
  }

  /** No question comes any more. */
  end(): void {
    this.#ended = true
    this.#changed()
  }

  /** Answers that a journal holds for steps to be repeated. */
  repeat(answers: readonly Uint8Array[]): void {
    this.#journalled.push(...answers)
  }

  /** The answers that were read since the last call. */
  takeJournal(): readonly Uint8Array[] {
    const taken = this.#taken
    this.#taken = []
    return taken
  }

  reader(): PartitionReader {
    return {
      partition: 'answers',
      state: () =>
        this.#queue.length > 0 || this.#journalled.length > 0 ? 'ready' : this.#ended ? 'ended' : 'waiting',
      read: (maxRows, memory) => this.#read(maxRows, memory),
      position: () => '',
      ready: () =>
        new Promise(resolve => {
          this.#wake = resolve
        }),
      close: async () => {
        this.#asker?.close()
        this.#changed()
      },
    }
  }

  /** Whole answers: at least one, more while they fit. */
  #read(maxRows: number, memory: Memory): Batch | undefined {
    const journalled = this.#journalled.shift()
    if (journalled !== undefined) {
      const batch = decodeBatch(memory, journalled, this.schema)
      this.#settle(batch, memory)
      this.#taken.push(journalled)
      return batch
    }
    const rows: (readonly Value[])[] = []
    let answers = 0
    for (const answer of this.#queue) {
      if (answers > 0 && rows.length + answer.length > maxRows) break
      rows.push(...answer)
      answers++
    }
    if (answers === 0) return undefined
    this.#queue = this.#queue.slice(answers)
    const batch = batchFromRows(memory, this.schema, rows)
    this.#settle(batch, memory)
    this.#taken.push(encodeBatch(memory, batch, this.schema))
    return batch
  }

  #settle(batch: Batch, memory: Memory): void {
    const [numbers] = batch.columns
    if (numbers === undefined) return
    for (let row = 0; row < batch.rows; row++) {
      const number = readValue(memory, numbers, row)
      if (typeof number === 'bigint') this.#open.delete(number)
    }
  }

  #changed(): void {
    const wake = this.#wake
    this.#wake = undefined
    wake?.()
  }
}
