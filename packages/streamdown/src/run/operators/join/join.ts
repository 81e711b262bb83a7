import { type Batch, CHUNK_ROWS, columnAt, END_OF_TIME, type Pointer } from '../../../batch/batch.ts'
import { takeRows } from '../../../batch/select.ts'
import { type JoinNode, NO_BOUND } from '../../../plan/nodes/node.ts'
import type { StateSnapshot } from '../../../state/state-table.ts'
import type { Schema } from '../../../types/data-type.ts'
import type { InputTimes, Operator, Output, StepEnd } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { selectBytes, splitByNulls, watermarkColumn } from '../hidden.ts'
import { InputWatermarks } from '../input-watermarks.ts'
import type { InputShape } from '../shape.ts'
import { restoreTables, snapshotOf } from '../state-of.ts'
import { JoinCondition } from './join-condition.ts'
import { type Input, JoinRows, otherOf, type Pairs } from './join-rows.ts'
import { JoinSide, type ProbeTimes } from './join-side.ts'

/**
 * How rows of a join end.
 *
 * - `interval`: left time - right time lies in [lower, upper]; a row ends when the watermark has passed the last time
 *   that it could meet. Where one of the bounds is none, rows of one side end with the input. A row that nothing can
 *   meet when it arrives is late. Times of the result may lie behind the inputs' watermark by up to the bounds: its own
 *   stays back.
 * - `window`: rows of equal windows meet when the watermark closes their window, and are forgotten then. Rows of a window
 *   that the smaller watermark has closed are late.
 * - `keep`: a row ends `ttl` after it came, by the processing clock.
 *
 * In an interval or window join rows without a match come out with NULLs (or from an anti join) when they end, so that
 * nothing is ever taken back; elsewhere at once, and are taken back when a match comes.
 */
type JoinTime = NonNullable<JoinNode['time']>

/** 100 ms. */
const SHORTEST_BUCKET = 100_000n
/** Pairs that are looked at together. */
const PAIRS = 65536

/**
 * A symmetric join: rows of each input meet what is stored of the other, then are stored. A stored row of a side that
 * must know of its matches (outer, semi, anti) counts the weight of what it met; it has matches while that is above 0.
 */
class Join implements Operator {
  readonly #node: JoinNode
  readonly #context: OperatorContext
  readonly #time: JoinTime | undefined
  readonly #sides: readonly [JoinSide, JoinSide]
  readonly #schemas: readonly [Schema, Schema]
  readonly #keys: readonly [readonly number[], readonly number[]]
  readonly #tracked: readonly [boolean, boolean]
  readonly #nullRefused: readonly boolean[]
  readonly #condition: JoinCondition | undefined
  readonly #watermarks = new InputWatermarks(2)
  readonly #rows: JoinRows

  constructor(node: JoinNode, context: OperatorContext, shapes: readonly [InputShape, InputShape]) {
    const { time } = node
    this.#node = node
    this.#context = context
    this.#time = time
    this.#schemas = [shapes[0].schema, shapes[1].schema]
    const keys = joinKeys(node, time)
    this.#keys = [keys.map(key => key.left), keys.map(key => key.right)]
    this.#nullRefused = keys.map(key => !key.nullsMatch)
    const { kind } = node
    this.#tracked = [kind !== 'inner' && kind !== 'right', kind === 'right' || kind === 'full']
    this.#condition =
      node.condition === undefined
        ? undefined
        : new JoinCondition(node.condition, [...this.#schemas[0], ...this.#schemas[1]], context)
    this.#sides = [this.#side(0, shapes[0]), this.#side(1, shapes[1])]
    // An interval join gives rows as old as its bounds allow.
    const bounds = time?.kind === 'interval' ? [-time.lower, time.upper].filter(bound => bound < NO_BOUND) : []
    const hold = highest(0n, ...bounds)
    this.#rows = new JoinRows(context.memory, kind, this.#schemas, this.#sides, hold)
  }

  push(input: number, batch: Batch, out: Output): void {
    const side: Input = input === 0 ? 0 : 1
    const { memory } = this.#context
    if (this.#time?.kind === 'keep') this.#expire(this.#context.now(), out)
    const bounded = this.#watermarks.bound(memory, side, batch)
    const timed = this.#dropLate(side, bounded, out)
    if (timed === undefined) return
    if (this.#time?.kind === 'window') {
      this.#await(side, timed, out)
      return
    }
    const keyed = this.#dropUnmatchable(side, timed, [...this.#refused(side), ...this.#timeColumns(side)], out)
    if (keyed === undefined) return
    const counts = this.#tracked[side] ? memory.chunkZeroed(keyed.rows * 8) : 0
    this.#probe(side, keyed, counts, out)
    if (counts !== 0 && (this.#node.kind === 'semi' || !this.#showsAtEnd)) this.#emitCounted(side, keyed, counts, out)
    this.#sides[side].add(keyed, { matches: counts, expires: this.#expiry(side, keyed) })
  }

  endStep(end: StepEnd, out: Output): void {
    const { kind } = this.#time ?? {}
    if (kind === 'keep') this.#expire(end.now, out)
    else if (kind !== undefined) this.#expire(end.ended ? END_OF_TIME : end.watermark, out)
    this.#watermarks.set(end)
  }

  watermark(inputs: InputTimes): bigint {
    return this.#rows.held(inputs.watermark)
  }

  nextTimer(): undefined {
    return undefined
  }

  snapshot(): StateSnapshot {
    return snapshotOf([this.#sides[0].table, this.#sides[1].table], this.#watermarks.values())
  }

  restore(from: StateSnapshot): void {
    restoreTables([this.#sides[0].table, this.#sides[1].table], from)
    for (const side of this.#sides) side.rebuild()
    this.#watermarks.restore(from.values)
  }

  stateBytes(): number {
    return this.#sides[0].bytes() + this.#sides[1].bytes()
  }

  #side(input: Input, shape: InputShape): JoinSide {
    const { kind } = this.#node
    const leftOnly = kind === 'semi' || kind === 'anti'
    const needed = (column: number): boolean => {
      if (input === 0 || !leftOnly) return true
      return this.#condition?.reads.has(this.#schemas[0].length + column) === true || column === this.#timeColumn(1)
    }
    const stored = shape.schema.map((_, column) => column).filter(needed)
    return new JoinSide(this.#context, {
      name: input === 0 ? 'left' : 'right',
      schema: shape.schema,
      keys: this.#keys[input],
      groupBy: this.#node.keys.length,
      stored,
      appendOnly: shape.appendOnly,
      ...(this.#time?.kind === 'interval' ? { time: input === 0 ? this.#time.left : this.#time.right } : {}),
      // Left rows of a window join count their matches when they meet them, all at once.
      tracked: this.#tracked[input] && !(input === 0 && this.#time?.kind === 'window'),
      ...(this.#time === undefined ? {} : { timers: timerWidth(this.#time) }),
      // Pairs of interval joins are looked at with the watermark (join_within).
      endsUnseen: this.#time?.kind === 'interval' && !this.#shown(input),
    })
  }

  #timeColumn(input: Input): number | undefined {
    if (this.#time?.kind === 'interval') return input === 0 ? this.#time.left : this.#time.right
    if (this.#time?.kind === 'window') return input === 0 ? this.#time.leftEnd : this.#time.rightEnd
    return undefined
  }

  /** What must be added to a row's time for its last moment. */
  #lasts(input: Input): bigint {
    if (this.#time?.kind === 'interval') return input === 0 ? -this.#time.lower : this.#time.upper
    return -1n
  }

  #expiry(input: Input, batch: Batch): Pointer {
    const { memory } = this.#context
    if (this.#time === undefined) return 0
    const out = memory.chunk(batch.rows * 8)
    if (this.#time.kind === 'keep') {
      memory.kernels.fill_i64(out, batch.rows, this.#context.now() + this.#time.ttl - 1n)
    } else {
      const times = columnAt(batch, this.#timeColumn(input) ?? 0)
      memory.kernels.add_i64(times.data, this.#lasts(input), batch.rows, out)
    }
    return out
  }

  /** Window joins: without the rows of windows that have ended. Interval joins: without those that nothing can meet. */
  #dropLate(input: Input, batch: Batch, out: Output): Batch | undefined {
    const { memory } = this.#context
    const column = this.#timeColumn(input)
    if (column === undefined || this.#time === undefined || this.#time.kind === 'keep') return batch
    // A row that its side must show goes on without a match.
    if (this.#time.kind === 'interval' && this.#shown(input)) return batch
    const reach = this.#time.kind === 'interval' ? this.#time.upper - this.#time.lower : -1n
    // Partners may come at any time, or may have come.
    if (reach >= NO_BOUND / 2n) return batch
    const mask = memory.chunk(batch.rows)
    const late = memory.kernels.mask_from_watermark(
      columnAt(batch, column).data,
      reach,
      watermarkColumn(memory, batch),
      batch.rows,
      mask,
    )
    if (late === 0) return batch
    const { validity } = columnAt(batch, column)
    if (validity !== 0) memory.kernels.mask_nulls_in(validity, batch.rows, mask)
    const lateRows = selectBytes(memory, mask, false, batch.rows)
    if (lateRows.rows > 0) this.#rows.emitLate(input, takeRows(memory, batch, lateRows.selection, lateRows.rows), out)
    const rest = selectBytes(memory, mask, true, batch.rows)
    return rest.rows === 0 ? undefined : takeRows(memory, batch, rest.selection, rest.rows)
  }

  /** A window join: rows wait for the end of their window. */
  #await(input: Input, batch: Batch, out: Output): void {
    const needed = this.#shown(input)
      ? this.#timeColumns(input)
      : [...this.#refused(input), ...this.#timeColumns(input)]
    const kept = this.#dropUnmatchable(input, batch, needed, out)
    if (kept === undefined) return
    const matches = this.#context.memory.chunkZeroed(kept.rows * 8)
    this.#sides[input].add(kept, { matches, expires: this.#expiry(input, kept) })
  }

  /** Key columns in which a NULL meets nothing. */
  #refused(input: Input): readonly number[] {
    return this.#keys[input].filter((_, at) => this.#nullRefused[at])
  }

  #timeColumns(input: Input): readonly number[] {
    const column = this.#timeColumn(input)
    return column === undefined ? [] : [column]
  }

  /** Without the rows that can meet nothing: NULL in a needed column. Where they must be shown they go out at once. */
  #dropUnmatchable(input: Input, batch: Batch, needed: readonly number[], out: Output): Batch | undefined {
    const { memory } = this.#context
    const { rest, lone } = splitByNulls(memory, batch, needed)
    if (lone !== undefined && this.#shown(input)) this.#rows.emitAlone(input, lone, out)
    return rest
  }

  /** Rows of this input that meet nothing are part of the result. */
  #shown(input: Input): boolean {
    return this.#tracked[input] && this.#node.kind !== 'semi'
  }

  /** Rows without a match are shown only when they end. */
  get #showsAtEnd(): boolean {
    return this.#time !== undefined && this.#time.kind !== 'keep'
  }

  #probe(input: Input, batch: Batch, counts: Pointer, out: Output): void {
    const { memory } = this.#context
    const keys = this.#keys[input].map(column => columnAt(batch, column))
    const cursor = this.#sides[otherOf(input)].probe(keys, batch.rows, this.#probeTimes(input, batch))
    for (;;) {
      const mark = memory.mark()
      const { pairs: count, probe, slots } = cursor.next(PAIRS)
      if (count > 0) this.#meet(input, batch, { count, probe, slots }, counts, out)
      memory.release(mark)
      if (count === 0) break
    }
  }

  /** The rows whose matches say that they come out alone: of a semi join those with some, else those without. */
  #emitCounted(input: Input, batch: Batch, counts: Pointer, out: Output): void {
    const { memory } = this.#context
    const selection = memory.chunk(batch.rows * 4)
    const wanted = this.#node.kind === 'semi' ? 1 : 0
    const rows = memory.kernels.join_select_counts(counts, wanted, batch.rows, selection)
    if (rows > 0) this.#rows.emitAlone(input, takeRows(memory, batch, selection, rows), out)
  }

  #meet(input: Input, batch: Batch, candidates: Pairs, counts: Pointer, out: Output): void {
    const { kernels } = this.#context.memory
    const other = otherOf(input)
    const stored = this.#sides[other]
    const pairs = this.#holding(input, batch, this.#matching(input, batch, candidates), out)
    if (pairs.count === 0) return
    const { kind } = this.#node
    if (counts !== 0) {
      kernels.join_count_probe(pairs.probe, stored.weights(pairs.slots, pairs.count), pairs.count, counts)
    }
    const [matched, unmatched] = this.#tracked[other] ? this.#countStored(batch, pairs, stored) : [[], []]
    if (kind === 'semi') {
      this.#rows.emitStored(input, batch, pairs, matched, true, out)
      this.#rows.emitStored(input, batch, pairs, unmatched, false, out)
    } else if (kind === 'anti') {
      if (this.#showsAtEnd) return
      this.#rows.emitStored(input, batch, pairs, matched, false, out)
      this.#rows.emitStored(input, batch, pairs, unmatched, true, out)
    } else {
      if (!this.#showsAtEnd) this.#rows.emitStored(input, batch, pairs, matched, false, out)
      this.#rows.emitJoined(input, batch, pairs, out)
      if (!this.#showsAtEnd) this.#rows.emitStored(input, batch, pairs, unmatched, true, out)
    }
  }

  #probeTimes(input: Input, batch: Batch): ProbeTimes | undefined {
    if (this.#time?.kind !== 'interval') return undefined
    const { left, right, lower, upper } = this.#time
    return input === 0
      ? { times: columnAt(batch, left).data, lower, upper }
      : { times: columnAt(batch, right).data, lower: -upper, upper: -lower }
  }

  /** The pairs whose times fit. */
  #matching(input: Input, part: Batch, pairs: Pairs): Pairs {
    const { memory } = this.#context
    if (this.#time?.kind !== 'interval' || pairs.count === 0) return pairs
    const other = otherOf(input)
    const stored = this.#sides[other]
    const bounds = this.#probeTimes(input, part)
    if (bounds === undefined) return pairs
    const count = memory.kernels.join_within(
      pairs.probe,
      pairs.slots,
      pairs.count,
      bounds.times,
      stored.column(pairs.slots, pairs.count, input === 0 ? this.#time.right : this.#time.left).data,
      stored.expiries(pairs.slots, pairs.count),
      bounds.lower,
      bounds.upper,
      watermarkColumn(memory, part),
    )
    return { ...pairs, count }
  }

  /** The pairs for which the condition is true. */
  #holding(input: Input, part: Batch, pairs: Pairs, out: Output): Pairs {
    if (this.#condition === undefined) return pairs
    const rows = {
      columns: (some: Pairs, only?: ReadonlySet<number>) => this.#rows.columns(input, part, some, only),
      joined: (some: Pairs) => this.#rows.joined(input, part, some),
    }
    return this.#condition.holding(part, pairs, rows, out)
  }

  /** Counts the pairs at the stored rows: the pairs that gave a row its first match, and that took its last. */
  #countStored(part: Batch, pairs: Pairs, stored: JoinSide): readonly [number[], number[]] {
    const { memory } = this.#context
    const at = memory.chunk(pairs.count * 4)
    const signs = memory.chunk(pairs.count * 4)
    const turned = memory.kernels.join_count_stored(
      pairs.probe,
      stored.table.addresses(pairs.slots, pairs.count),
      pairs.count,
      part.weights,
      stored.matches,
      at,
      signs,
    )
    const out: [number[], number[]] = [[], []]
    const indexes = memory.i32(at, turned)
    for (const [row, sign] of memory.i32(signs, turned).entries()) out[sign > 0 ? 0 : 1].push(indexes[row] ?? 0)
    return out
  }

  /** Ends the rows whose last moment is before `bound`. */
  #expire(bound: bigint, out: Output): void {
    for (const input of [0, 1] as const) {
      const side = this.#sides[input]
      side.forDue(bound, ({ rows, slots }) => {
        const { memory } = this.#context
        for (let from = 0; from < rows; from += CHUNK_ROWS) {
          const mark = memory.mark()
          const count = Math.min(CHUNK_ROWS, rows - from)
          if (input === 0 && this.#time?.kind === 'window') this.#meetAtEnd(slots + from * 4, count, out)
          else if (this.#showsAtEnd && this.#shown(input)) this.#emitEnded(input, slots + from * 4, count, out)
          side.end(slots + from * 4, count)
          memory.release(mark)
        }
      })
    }
  }

  /** A window join: left rows of a window that has ended meet the right rows, which are still there. */
  #meetAtEnd(slots: Pointer, rows: number, out: Output): void {
    const { memory } = this.#context
    const side = this.#sides[0]
    const weights = memory.chunk(rows * 4)
    memory.kernels.narrow_i64(side.weights(slots, rows), rows, weights)
    const batch: Batch = {
      rows,
      columns: this.#rows.storedColumns(0, slots, rows),
      weights,
      watermarks: 0,
      watermark: this.#watermarks.reached(),
      ordinals: side.ordinals(slots, rows),
      firstOrdinal: 0n,
    }
    const keyed = this.#dropUnmatchable(0, batch, this.#refused(0), out)
    if (keyed === undefined) return
    const counts = this.#tracked[0] ? memory.chunkZeroed(keyed.rows * 8) : 0
    this.#probe(0, keyed, counts, out)
    if (counts !== 0) this.#emitCounted(0, keyed, counts, out)
  }

  #emitEnded(input: Input, slots: Pointer, rows: number, out: Output): void {
    const { memory } = this.#context
    const { kernels } = memory
    const side = this.#sides[input]
    const selection = memory.chunk(rows * 4)
    const count = kernels.join_select_counts(side.matchCounts(slots, rows), 0, rows, selection)
    if (count === 0) return
    const lone = memory.chunk(count * 4)
    kernels.take_values(slots, 2, selection, count, lone)
    const weights = memory.chunk(count * 4)
    kernels.narrow_i64(side.weights(lone, count), count, weights)
    out.emit({
      rows: count,
      columns: this.#rows.alone(input, this.#rows.storedColumns(input, lone, count), count),
      weights,
      watermarks: 0,
      watermark: this.#rows.held(this.#watermarks.reached()),
      ordinals: side.ordinals(lone, count),
      firstOrdinal: 0n,
    })
  }
}

export function createJoin(
  node: JoinNode,
  context: OperatorContext,
  shapes: readonly [InputShape, InputShape],
): Operator {
  return new Join(node, context, shapes)
}

/** The node's keys, and the windows' ends where they are not among them. */
function joinKeys(node: JoinNode, time: JoinTime | undefined): JoinNode['keys'] {
  if (time?.kind !== 'window') return node.keys
  const { leftEnd, rightEnd } = time
  if (node.keys.some(({ left, right }) => left === leftEnd && right === rightEnd)) return node.keys
  return [...node.keys, { left: leftEnd, right: rightEnd, nullsMatch: false }]
}

/** Some tens of buckets over the life of a row, none so short that each row has its own. */
function timerWidth(time: JoinTime): bigint {
  switch (time.kind) {
    case 'interval': {
      const life = time.upper - time.lower
      return highest(life < NO_BOUND / 2n ? life / 64n : 0n, SHORTEST_BUCKET)
    }
    case 'keep':
      return highest(time.ttl / 64n, SHORTEST_BUCKET)
    case 'window':
      return 1n
  }
}

function highest(...values: readonly bigint[]): bigint {
  let high = values[0] ?? 0n
  for (const value of values) if (value > high) high = value
  return high
}
