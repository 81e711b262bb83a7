import { type Batch, END_OF_TIME, NO_WATERMARK } from '../../../batch/batch.ts'
import { batchFromRows, int32s, ordinalsOf, readValue, watermarksOf, weightsOf } from '../../../batch/values.ts'
import { StreamdownError } from '../../../errors/error.ts'
import { type ProcessHost, type ProcessNode, shownSource } from '../../../plan/nodes/node.ts'
import type { StateSnapshot, StateTable } from '../../../state/state-table.ts'
import type { Value } from '../../../types/value.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { emitDead, thrown } from '../dead.ts'
import { InputWatermarks } from '../input-watermarks.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import { KeyStates } from './key-states.ts'
import { type Occasion, ProcessCall } from './process-call.ts'
import { ProcessOutput } from './process-output.ts'
import { ProcessTimers, type Timer } from './process-timers.ts'
import { UndoLog } from './undo-log.ts'

interface Failure {
  readonly code: number
  readonly message: string
}

/** The user's code over the rows of a key, as `ProcessNode` says. */
export function createProcess(node: ProcessNode, context: OperatorContext): Operator {
  return new Process(node, context)
}

class Process implements Operator {
  readonly #node: ProcessNode
  readonly #context: OperatorContext
  readonly #undo = new UndoLog()
  readonly #states: KeyStates
  readonly #timers: ProcessTimers
  readonly #output: ProcessOutput
  readonly #watermarks = new InputWatermarks(1)
  /** Timers of event time before it have fired. */
  #reached = NO_WATERMARK

  constructor(node: ProcessNode, context: OperatorContext) {
    const keys = node.by.map((column, at) => {
      const { type, nullable } = node.input.schema[column] ?? { type: { is: 'null' } as const, nullable: true }
      return { name: `$key ${at}`, type, nullable }
    })
    this.#node = node
    this.#context = context
    this.#states = new KeyStates(context, keys, node.cells, this.#undo)
    this.#timers = new ProcessTimers(context, keys)
    this.#output = new ProcessOutput(node, context)
  }

  push(_input: number, batch: Batch, out: Output): void {
    const { memory } = this.#context
    const { by, time, code } = this.#node
    const reads = new Set([...this.#node.reads, ...by, ...(time === undefined ? [] : [time])])
    const columns = batch.columns.map((column, index) =>
      reads.has(index) ? Array.from({ length: batch.rows }, (_, row) => readValue(memory, column, row)) : undefined,
    )
    const keys = Array.from({ length: batch.rows }, (_, row) => by.map(column => columns[column]?.[row] ?? null))
    const weights = weightsOf(memory, batch)
    const watermarks = watermarksOf(memory, batch)
    const ordinals = ordinalsOf(memory, batch)
    const failed: (Failure & { readonly row: number })[] = []
    this.#states.load(keys)
    let repeated = 0n
    for (let row = 0; row < batch.rows; row++) {
      const watermark = watermarks[row] ?? NO_WATERMARK
      this.#fireUpTo(watermark, out)
      const values = columns.map(column => column?.[row] ?? null)
      const at = time === undefined ? null : values[time]
      const ordinal = ordinals[row] ?? 0n
      repeated = row > 0 && ordinals[row - 1] === ordinal ? repeated + 1n : 0n
      for (let copy = 0; copy < (weights[row] ?? 1); copy++) {
        const failure = this.#call(
          {
            state: this.#states.of(keys[row] ?? []),
            time: typeof at === 'bigint' ? at : undefined,
            now: this.#context.now(),
            ordinal,
            draw: (ordinal << 20n) + (repeated << 10n) + BigInt(copy),
          },
          host => code.row(values, host),
          out,
        )
        if (failure !== undefined) failed.push({ ...failure, row })
      }
    }
    this.#write(out)
    if (failed.length === 0) return
    const rows = int32s(
      memory,
      failed.map(({ row }) => row),
    )
    this.#sendDead(batch, rows, failed, out)
  }

  endStep(end: StepEnd, out: Output): void {
    if (this.#node.time !== undefined) this.#fireUpTo(end.ended ? END_OF_TIME : end.watermark, out)
    for (;;) {
      const due = this.#timers.take('processing', end.now + 1n)
      if (due === undefined) break
      if (due.kind === 'expiry') {
        this.#states.expire(this.#states.of(due.key), Number(due.name), end.now)
        this.#undo.forget()
      } else {
        this.#fire(due, out)
      }
    }
    this.#write(out)
    this.#watermarks.set(end)
  }

  watermark(inputs: InputTimes): bigint {
    return inputs.watermark
  }

  nextTimer(): bigint | undefined {
    return this.#timers.earliest('processing')
  }

  snapshot(): StateSnapshot {
    return snapshotOf(this.#tables(), this.#watermarks.values())
  }

  restore(from: StateSnapshot): void {
    restoreTables(this.#tables(), from)
    this.#timers.rebuild()
    this.#watermarks.restore(from.values)
    this.#reached = this.#watermarks.reached()
  }

  stateBytes(): number {
    return this.#states.bytes() + this.#timers.bytes()
  }

  #tables(): readonly StateTable[] {
    return [...this.#states.tables, this.#timers.table]
  }

  /**
   * Fires the timers of event time that the watermark has passed. When all input has ended those fire that rows have
   * set; of those that timers set only the ones that later rows could have reached, or a timer that sets itself again
   * would never end.
   */
  #fireUpTo(watermark: bigint, out: Output): void {
    if (watermark <= this.#reached) return
    for (;;) {
      const due = this.#timers.take('event', watermark)
      if (due === undefined) break
      if (watermark < END_OF_TIME || !due.chained || due.time <= this.#context.newestEventTime()) this.#fire(due, out)
    }
    this.#reached = watermark
  }

  #fire(timer: Timer, out: Output): void {
    const { key, ordinal, time, name } = timer
    const failure = this.#call(
      { state: this.#states.of(key), time, now: this.#context.now(), ordinal, draw: drawOf(timer), timer },
      host => this.#node.code.timer(name, host),
      out,
    )
    if (failure === undefined) return
    const { memory } = this.#context
    const { schema } = this.#node.input
    const row = schema.map((_, column): Value => key[this.#node.by.indexOf(column)] ?? null)
    const batch = batchFromRows(memory, schema, [row], { watermark: this.#reached, ordinals: [ordinal] })
    this.#sendDead(batch, int32s(memory, [0]), [failure], out)
  }

  /** One call; when it throws nothing of it stays. */
  #call(occasion: Occasion, work: (host: ProcessHost) => void, out: Output): Failure | undefined {
    try {
      const call = this.#node.code.checked ? this.#checked(occasion, work) : this.#run(occasion, work)
      this.#undo.forget()
      for (const { output, row } of call.rows)
        this.#output.add(output, this.#timed(row, occasion), this.#reached, occasion.ordinal, out)
      for (const { timer, gone } of call.timers) {
        if (gone) this.#timers.cancel(timer)
        else this.#timers.set(timer)
      }
      return undefined
    } catch (error) {
      this.#undo.undo()
      const { code, message } = thrown(error)
      return { code, message: `${message} (in ${shownSource(this.#node.code)})` }
    }
  }

  #run(occasion: Occasion, work: (host: ProcessHost) => void): ProcessCall {
    const call = new ProcessCall(occasion, this.#states, this.#context.seed)
    work(call)
    return call
  }

  #checked(occasion: Occasion, work: (host: ProcessHost) => void): ProcessCall {
    const first = this.#run(occasion, work)
    this.#undo.undo()
    const second = this.#run(occasion, work)
    if (first.given() !== second.given())
      throw new StreamdownError('DSD5010', `${shownSource(this.#node.code)} gave two answers for one row.`)
    return second
  }

  /** The event time of the occasion goes along behind the columns; a timer of the processing clock has none. */
  #timed(row: readonly Value[], { time, timer }: Occasion): readonly Value[] {
    if (this.#node.time === undefined) return row
    return [...row, timer?.clock === 'processing' ? null : (time ?? null)]
  }

  #write(out: Output): void {
    this.#states.flush((key, cell, at) =>
      this.#timers.set({
        key,
        kind: 'expiry',
        clock: 'processing',
        name: String(cell),
        time: at,
        ordinal: 0n,
        chained: false,
      }),
    )
    this.#timers.flush()
    this.#output.flush(out)
  }

  #sendDead(batch: Batch, rows: number, failed: readonly Failure[], out: Output): void {
    const { memory } = this.#context
    const codes = memory.chunk(failed.length)
    memory.u8(codes, failed.length).set(failed.map(({ code }) => code))
    const messages = new Map(failed.map(({ message }, at) => [at, message]))
    emitDead(memory, this.#node.input.schema, batch, { count: failed.length, rows, codes, messages }, out)
  }
}

/** A number of the timer's own, whatever else happens: FNV-1a over its name and time. */
function drawOf({ ordinal, time, name }: Timer): bigint {
  let hash = 0xcbf29ce484222325n
  for (const text of [name, String(time), String(ordinal)])
    for (const letter of text) hash = BigInt.asUintN(64, (hash ^ BigInt(letter.codePointAt(0) ?? 0)) * 0x100000001b3n)
  return hash
}
