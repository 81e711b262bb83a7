import { type Batch, CHUNK_ROWS, type Column, columnAt } from '../../batch/batch.ts'
import { takeRows } from '../../batch/select.ts'
import { StreamdownError } from '../../errors/error.ts'
import type { Windowing, WindowNode } from '../../plan/nodes/node.ts'
import type { DataType } from '../../types/data-type.ts'
import type { Operator, Output } from '../operator.ts'
import type { OperatorContext } from '../operator-context.ts'
import { constantI64, selectBytes } from './hidden.ts'
import type { InputShape } from './shape.ts'
import { Stateless } from './stateless.ts'

/**
 * Window table functions: each row once per window that its time belongs to, earliest window first, with
 * window_start, window_end and window_time. The copies of a row keep its ordinal, watermark and weight. Rows whose time
 * is NULL belong to no window.
 */
export function createWindow(node: WindowNode, context: OperatorContext, _shape: InputShape): Operator {
  const { windowing } = node
  if (windowing.kind === 'session') {
    throw new StreamdownError('DSD2005', 'SESSION windows need a GROUP BY over window_start and window_end')
  }
  return new WindowExpansion(node, windowing, context)
}

type FixedWindowing = Exclude<Windowing, { kind: 'session' }>

class WindowExpansion extends Stateless {
  readonly #node: WindowNode
  readonly #windowing: FixedWindowing
  readonly #context: OperatorContext
  readonly #types: readonly [DataType, DataType, DataType]

  constructor(node: WindowNode, windowing: FixedWindowing, context: OperatorContext) {
    super()
    this.#node = node
    this.#windowing = windowing
    this.#context = context
    const [start, end, time] = node.schema.slice(-3)
    if (start === undefined || end === undefined || time === undefined) throw new RangeError('no window columns')
    this.#types = [start.type, end.type, time.type]
  }

  push(_input: number, batch: Batch, out: Output): void {
    const { time } = this.#node
    const times =
      time === 'processing'
        ? constantI64(this.#context.memory, this.#types[0], this.#context.now(), batch.rows)
        : columnAt(batch, time)
    if (this.#windowing.kind === 'tumble') this.#tumble(batch, times, this.#windowing, out)
    else this.#expand(batch, times, this.#windowing, out)
  }

  #tumble(batch: Batch, times: Column, { size, offset }: Extract<Windowing, { kind: 'tumble' }>, out: Output): void {
    const { memory } = this.#context
    const bytes = batch.rows * 8
    const [starts, ends, windowTimes] = [memory.chunk(bytes), memory.chunk(bytes), memory.chunk(bytes)]
    const timed = memory.kernels.window_tumble(
      times.data,
      times.validity,
      batch.rows,
      size,
      offset,
      starts,
      ends,
      windowTimes,
    )
    const all = { ...batch, columns: [...batch.columns, ...this.#columns(starts, ends, windowTimes)] }
    if (timed === batch.rows) {
      out.emit(all)
      return
    }
    const { selection, rows } = selectBytes(memory, times.validity, true, batch.rows)
    if (rows > 0) out.emit(takeRows(memory, all, selection, rows))
  }

  #expand(batch: Batch, times: Column, windowing: Extract<Windowing, { kind: 'hop' | 'cumulate' }>, out: Output): void {
    const { memory } = this.#context
    const [kind, slide] = windowing.kind === 'hop' ? [0, windowing.slide] : [1, windowing.step]
    const state = memory.chunk(16)
    memory.i64(state, 2).set([0n, -(2n ** 63n)])
    for (;;) {
      const mark = memory.mark()
      const indexes = memory.chunk(CHUNK_ROWS * 4)
      const bytes = CHUNK_ROWS * 8
      const [starts, ends, windowTimes] = [memory.chunk(bytes), memory.chunk(bytes), memory.chunk(bytes)]
      const rows = memory.kernels.window_expand(
        kind,
        times.data,
        times.validity,
        batch.rows,
        windowing.size,
        slide,
        windowing.offset,
        state,
        CHUNK_ROWS,
        indexes,
        starts,
        ends,
        windowTimes,
      )
      if (rows > 0) {
        const taken = takeRows(memory, batch, indexes, rows)
        out.emit({ ...taken, columns: [...taken.columns, ...this.#columns(starts, ends, windowTimes)] })
      }
      memory.release(mark)
      if (Number(memory.i64(state, 1)[0]) >= batch.rows) return
    }
  }

  #columns(starts: number, ends: number, windowTimes: number): readonly Column[] {
    return [
      { type: this.#types[0], data: starts, validity: 0 },
      { type: this.#types[1], data: ends, validity: 0 },
      { type: this.#types[2], data: windowTimes, validity: 0 },
    ]
  }
}
