import { type Batch, CHUNK_ROWS, type Column, columnAt, NO_WATERMARK, type Pointer } from '../../batch/batch.ts'
import { takeColumn, takeRows } from '../../batch/select.ts'
import { int32s, int64s, readValue, watermarksOf, weightsOf } from '../../batch/values.ts'
import { failures } from '../../errors/table.ts'
import type { AsyncNode } from '../../plan/nodes/node.ts'
import type { StateSnapshot, StateTable } from '../../state/state-table.ts'
import { field, type Schema, types } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import type { Inquiries } from '../inquiries.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'
import { emitDead } from './dead.ts'
import { ordinalColumn, watermarkColumn } from './hidden.ts'
import { JoinCondition } from './join/join-condition.ts'
import type { Pairs } from './join/join-rows.ts'
import { KeptAnswers } from './join/kept-answers.ts'
import type { InputShape } from './shape.ts'
import { restoreTables, snapshotOf } from './state-of.ts'

export function createAsk(
  node: AsyncNode,
  inquiries: Inquiries,
  context: OperatorContext,
  shape: InputShape,
): Operator {
  return new Ask(node, inquiries, context, shape)
}

/**
 * Input 0: rows to ask about; input 1: answers. Every row gets a number and waits in state, so that what is under way is
 * part of a snapshot, and is asked again after a restore. A retraction takes a number too, and waits until all rows
 * before it are answered; then it takes back what was answered to its row.
 */
class Ask implements Operator {
  readonly #node: AsyncNode
  readonly #inquiries: Inquiries
  readonly #context: OperatorContext
  readonly #input: Schema
  readonly #width: number
  /** By number: rows without an answer, or behind one in the order. */
  readonly #rows: StateTable
  /** By number: answers that have come. */
  readonly #answered: StateTable
  readonly #condition: JoinCondition | undefined
  readonly #kept: KeptAnswers | undefined
  /** What is in `rows`, by number, the oldest first. */
  readonly #waiting = new Map<bigint, Waiting>()
  /** Numbers that were not asked yet. */
  #unasked: bigint[] = []
  #next = 0n
  #watermark = NO_WATERMARK

  constructor(node: AsyncNode, inquiries: Inquiries, context: OperatorContext, shape: InputShape) {
    this.#node = node
    this.#inquiries = inquiries
    this.#context = context
    this.#input = shape.schema
    this.#width = shape.schema.length
    const number = field('$question', types.bigint, false)
    this.#rows = context.table({
      name: 'questions',
      fields: [
        number,
        ...shape.schema,
        field('$weight', types.int, false),
        field('$ordinal', types.bigint, false),
        field('$watermark', types.bigint, false),
      ],
      keys: 1,
      unique: false,
    })
    this.#answered = context.table({ name: 'answered', fields: inquiries.schema, keys: 1, unique: false })
    this.#condition =
      node.condition === undefined
        ? undefined
        : new JoinCondition(node.condition, [...shape.schema, ...node.answers], context)
    this.#kept = shape.appendOnly
      ? undefined
      : new KeptAnswers(context, {
          schema: [...shape.schema, ...node.answers],
          groupBy: [],
          identity: shape.key ?? shape.schema.map((_, column) => column),
        })
  }

  push(input: number, batch: Batch): void {
    if (input === 0) this.#enter(batch)
    else this.#take(batch)
  }

  endStep(_end: StepEnd, out: Output): void {
    const ready = this.#ready()
    for (let from = 0; from < ready.length; from += CHUNK_ROWS) {
      const mark = this.#context.memory.mark()
      this.#answer(ready.slice(from, from + CHUNK_ROWS), out)
      this.#context.memory.release(mark)
    }
    const unasked = this.#unasked
    this.#unasked = []
    for (let from = 0; from < unasked.length; from += CHUNK_ROWS) this.#ask(unasked.slice(from, from + CHUNK_ROWS))
  }

  /** Behind the oldest row that waits. */
  watermark({ watermarks: [input = NO_WATERMARK] }: InputTimes): bigint {
    let held = input
    for (const { watermark } of this.#waiting.values()) {
      if (watermark < held) held = watermark
      break
    }
    if (held > this.#watermark) this.#watermark = held
    return this.#watermark
  }

  /** Answers come when they come: they do not make it active, a row that waits for one does. */
  idle([input = false]: readonly boolean[]): boolean {
    return input && this.#waiting.size === 0
  }

  /** After a restore the questions must go out though nothing arrives. */
  nextTimer(): bigint | undefined {
    return this.#unasked.length > 0 ? 0n : undefined
  }

  snapshot(): StateSnapshot {
    return snapshotOf(this.#tables(), { next: String(this.#next), watermark: String(this.#watermark) })
  }

  restore(from: StateSnapshot): void {
    restoreTables(this.#tables(), from)
    this.#next = BigInt(from.values['next'] ?? 0)
    this.#watermark = BigInt(from.values['watermark'] ?? NO_WATERMARK)
    this.#kept?.rebuild()
    this.#rebuild()
  }

  stateBytes(): number {
    return this.#rows.bytes() + this.#answered.bytes() + (this.#kept?.bytes() ?? 0)
  }

  #tables(): readonly StateTable[] {
    return [this.#rows, this.#answered, ...(this.#kept === undefined ? [] : [this.#kept.table])]
  }

  #enter(batch: Batch): void {
    const { memory } = this.#context
    const { rows } = batch
    const numbers = Array.from({ length: rows }, (_, row) => this.#next + BigInt(row))
    this.#next += BigInt(rows)
    const weights = weightsOf(memory, batch)
    const watermarks = watermarksOf(memory, batch)
    this.#rows.insert(
      [
        wide(int64s(memory, numbers)),
        ...batch.columns,
        { type: types.int, data: int32s(memory, weights), validity: 0 },
        wide(ordinalColumn(memory, batch)),
        wide(watermarkColumn(memory, batch)),
      ],
      rows,
    )
    for (const [row, number] of numbers.entries()) {
      const asks = (weights[row] ?? 1) > 0
      this.#waiting.set(number, { watermark: watermarks[row] ?? NO_WATERMARK, is: asks ? 'asked' : 'retraction' })
      if (asks) this.#unasked.push(number)
    }
  }

  #take(batch: Batch): void {
    const { memory } = this.#context
    this.#answered.insert(batch.columns, batch.rows)
    const numbers = columnAt(batch, 0)
    for (const number of memory.i64(numbers.data, batch.rows)) {
      const waiting = this.#waiting.get(number)
      if (waiting !== undefined) this.#waiting.set(number, { ...waiting, is: 'answered' })
    }
  }

  /** Numbers whose turn it is, in order; they wait no more. */
  #ready(): readonly bigint[] {
    const ready: bigint[] = []
    let behind = false
    for (const [number, { is }] of this.#waiting) {
      if (is === 'asked') {
        if (this.#node.ordered) break
        behind = true
      } else if (is === 'answered' || !behind) ready.push(number)
    }
    for (const number of ready) this.#waiting.delete(number)
    return ready
  }

  /** Rows of numbers that are ready, in order. */
  #answer(numbers: readonly bigint[], out: Output): void {
    const { memory } = this.#context
    const key = wide(int64s(memory, numbers))
    const found = this.#rows.matches([key], numbers.length, true)
    const slots = int32s(memory, [...memory.i32(found.slots, found.pairs)])
    const batch = this.#batch(slots, found.pairs)
    const answers = this.#answered.matches([key], numbers.length, true)
    const probe = [...memory.i32(answers.probe, answers.pairs)]
    const answerSlots = [...memory.i32(answers.slots, answers.pairs)]
    this.#emitAnswers(batch, probe, answerSlots, out)
    this.#kept?.retract(batch, {
      emit: rows => out.emit(this.#shown(rows)),
      side: (name, rows) => out.side(name, rows),
    })
    if (answerSlots.length > 0) this.#answered.remove(int32s(memory, answerSlots), answerSlots.length)
    this.#rows.remove(slots, found.pairs)
  }

  /** Rows of input and answer side by side, in the order of the input. */
  #emitAnswers(batch: Batch, probe: readonly number[], slots: readonly number[], out: Output): void {
    const { memory } = this.#context
    if (probe.length === 0) return
    const at = int32s(memory, slots)
    const isRow = memory.u8(this.#answered.gather(at, slots.length, 1).data, slots.length).slice()
    const problems = this.#answered.gather(at, slots.length, 2)
    const problemOf = probe.map((_, pair) => readValue(memory, problems, pair))
    this.#emitUnanswered(batch, probe, problemOf, out)
    const rows = [...probe.keys()].filter(pair => isRow[pair] === 1)
    const candidates: Pairs = {
      count: rows.length,
      probe: int32s(memory, taken(rows, probe)),
      slots: int32s(memory, taken(rows, slots)),
    }
    const paired = {
      columns: (some: Pairs, only?: ReadonlySet<number>) => this.#columns(batch, some, only),
      joined: (some: Pairs) => this.#joined(batch, some),
    }
    const met = this.#condition?.holding(batch, candidates, paired, out) ?? candidates
    const pairs = [...memory.i32(met.probe, met.count)].map((row, pair) => ({ row, pair }))
    const metSlots = [...memory.i32(met.slots, met.count)]
    const known = new Set(pairs.map(({ row }) => row))
    const lone = this.#node.outer ? probe.filter((row, pair) => !known.has(row) && problemOf[pair] === null) : []
    const all = [...pairs, ...[...new Set(lone)].map(row => ({ row, pair: -1 }))].sort((a, b) => a.row - b.row)
    const first = this.#kept?.number(batch.rows) ?? 0n
    for (let from = 0; from < all.length; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const some = all.slice(from, from + CHUNK_ROWS)
      const of = some.map(({ row }) => row)
      const found = some.map(({ pair }) => metSlots[pair] ?? -1)
      const joined = this.#joined(batch, { count: of.length, probe: int32s(memory, of), slots: int32s(memory, found) })
      this.#kept?.keep(batch, joined, of, first)
      out.emit(this.#shown(joined))
      memory.release(mark)
    }
  }

  /** Questions that failed for good: their rows are dead letters. */
  #emitUnanswered(batch: Batch, probe: readonly number[], problems: readonly Value[], out: Output): void {
    const { memory } = this.#context
    const failed = probe.flatMap((row, pair) => {
      const message = problems[pair]
      return typeof message === 'string' ? [{ row, message }] : []
    })
    const codes = memory.chunk(failed.length)
    memory.u8(codes, failed.length).fill(failures.unanswered)
    const rows = int32s(
      memory,
      taken(
        failed.keys(),
        failed.map(({ row }) => row),
      ),
    )
    const messages = new Map(failed.map(({ message }, at) => [at, message]))
    emitDead(memory, this.#input, batch, { count: failed.length, rows, codes, messages }, out)
  }

  #ask(numbers: readonly bigint[]): void {
    const { memory } = this.#context
    const mark = memory.mark()
    const found = this.#rows.matches([wide(int64s(memory, numbers))], numbers.length, true)
    const slots = int32s(memory, [...memory.i32(found.slots, found.pairs)])
    const columns = this.#node.asks.map(column => this.#rows.gather(slots, found.pairs, 1 + column))
    for (const [row, number] of numbers.entries())
      this.#inquiries.ask({ number, values: columns.map(column => readValue(memory, column, row)) })
    memory.release(mark)
  }

  /** What waits, from the tables; what has no answer yet is asked again. */
  #rebuild(): void {
    const { memory } = this.#context
    const mark = memory.mark()
    const { slots, rows } = this.#rows.all()
    const numbers = memory.i64(this.#rows.gather(slots, rows, 0).data, rows).slice()
    const weights = memory.i32(this.#rows.gather(slots, rows, this.#width + 1).data, rows).slice()
    const watermarks = memory.i64(this.#rows.gather(slots, rows, this.#width + 3).data, rows).slice()
    const answered = this.#answered.all()
    const answers = new Set(memory.i64(this.#answered.gather(answered.slots, answered.rows, 0).data, answered.rows))
    for (const row of [...numbers.keys()].sort((a, b) => Number((numbers[a] ?? 0n) - (numbers[b] ?? 0n)))) {
      const number = numbers[row] ?? 0n
      const is = (weights[row] ?? 1) < 0 ? 'retraction' : answers.has(number) ? 'answered' : 'asked'
      this.#waiting.set(number, { watermark: watermarks[row] ?? NO_WATERMARK, is })
      if (is === 'asked') this.#unasked.push(number)
    }
    memory.release(mark)
  }

  #batch(slots: Pointer, rows: number): Batch {
    const { memory } = this.#context
    const hidden = (at: number) => this.#rows.gather(slots, rows, this.#width + at).data
    const watermarks = memory.chunk(rows * 8)
    memory.kernels.min_i64(hidden(3), this.#watermark, rows, watermarks)
    return {
      rows,
      columns: this.#input.map((_, column) => this.#rows.gather(slots, rows, 1 + column)),
      weights: hidden(1),
      watermarks,
      watermark: memory.i64(watermarks, 1)[0] ?? NO_WATERMARK,
      ordinals: hidden(2),
      firstOrdinal: 0n,
    }
  }

  #columns(batch: Batch, { count, probe, slots }: Pairs, only?: ReadonlySet<number>): readonly Column[] {
    const { memory } = this.#context
    const read = (column: number): boolean => only === undefined || only.has(column)
    const input = batch.columns.map(
      (column, at): Column =>
        read(at) ? takeColumn(memory, column, probe, count, false) : { type: column.type, data: 0, validity: 0 },
    )
    const answer = this.#node.answers.map(
      ({ type }, at): Column =>
        read(this.#width + at) ? this.#answered.gather(slots, count, 3 + at) : { type, data: 0, validity: 0 },
    )
    return [...input, ...answer]
  }

  #joined(batch: Batch, pairs: Pairs): Batch {
    const hidden = takeRows(this.#context.memory, { ...batch, columns: [] }, pairs.probe, pairs.count)
    const plain =
      this.#kept === undefined && this.#context.memory.i32(hidden.weights, pairs.count).every(one => one === 1)
    return { ...hidden, weights: plain ? 0 : hidden.weights, columns: this.#columns(batch, pairs) }
  }

  #shown(joined: Batch): Batch {
    return this.#node.keeps ? joined : { ...joined, columns: joined.columns.slice(this.#width) }
  }
}

interface Waiting {
  /** The watermark before the row. */
  readonly watermark: bigint
  readonly is: 'asked' | 'answered' | 'retraction'
}

const wide = (data: Pointer): Column => ({ type: types.bigint, data, validity: 0 })

const taken = (places: Iterable<number>, from: readonly number[]): readonly number[] =>
  Array.from(places, place => from[place] ?? 0)
