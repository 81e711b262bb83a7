import { CHUNK_ROWS, type Pointer } from '../../../batch/batch.ts'
import { columnFromValues } from '../../../batch/values.ts'
import { type Field, field, types } from '../../../types/data-type.ts'
import type { OperatorContext } from '../../operator-context.ts'
import type { AggregateGroups } from './aggregate-groups.ts'
import type { Touched } from './aggregate-output.ts'

/** Groups are looked through so many times within their life. */
const LOOKS = 16n

/** The field of a group that says when it ends by the clock, µs. */
export const endField: Field = field('$ends', types.bigint, false)

/**
 * State that ends by the processing clock: a group that was not touched for `ttl` µs is forgotten, at the latest a
 * sixteenth of that later. Its row is not taken back: what comes for its key afterwards begins anew.
 */
export class GroupLifetime {
  readonly #context: OperatorContext
  readonly #groups: AggregateGroups
  readonly #ttl: bigint
  /** The index of `endField` in the table of groups. */
  readonly #field: number
  /** When to look through the groups next; undefined: at the first chance. */
  #next: bigint | undefined

  constructor(context: OperatorContext, groups: AggregateGroups, index: number, ttl: bigint) {
    this.#context = context
    this.#groups = groups
    this.#field = index
    this.#ttl = ttl
  }

  /** Groups that were touched live on from `now`. */
  renew({ rows, slots }: Touched, now: bigint): void {
    const { memory } = this.#context
    const { value, valid } = this.#groups.table.offsets(this.#field)
    for (let from = 0; from < rows; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const count = Math.min(CHUNK_ROWS, rows - from)
      const ends = columnFromValues(memory, types.bigint, new Array<bigint>(count).fill(now + this.#ttl))
      const addresses = this.#groups.table.addresses(slots + from * 4, count)
      memory.kernels.field_set_i64(addresses, value, valid, ends.data, 0, count)
      memory.release(mark)
    }
  }

  /** Forgets the groups whose time is over. Not while groups are touched. */
  sweep(now: bigint): void {
    if (this.#next !== undefined && now < this.#next) return
    this.#next = now + (this.#ttl < LOOKS ? 1n : this.#ttl / LOOKS)
    const { memory } = this.#context
    const { table } = this.#groups
    const mark = memory.mark()
    const all = table.all()
    const { value } = table.offsets(this.#field)
    const over = memory.chunk(all.rows * 4)
    const rows = memory.kernels.field_below(table.addresses(all.slots, all.rows), value, now + 1n, 1, all.rows, over)
    if (rows > 0) this.#groups.remove({ rows, slots: this.#taken(all.slots, over, rows), ordinals: 0 })
    memory.release(mark)
  }

  nextTimer(): bigint | undefined {
    return this.#groups.table.rows === 0 ? undefined : (this.#next ?? this.#context.now())
  }

  #taken(slots: Pointer, selection: Pointer, rows: number): Pointer {
    const out = this.#context.memory.chunk(rows * 4)
    this.#context.memory.kernels.take_values(slots, 2, selection, rows, out)
    return out
  }
}
