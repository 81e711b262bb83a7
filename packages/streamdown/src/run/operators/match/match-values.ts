import { type Batch, type Column, NO_WATERMARK } from '../../../batch/batch.ts'
import { columnFromValues, int32s, readValue } from '../../../batch/values.ts'
import type { CompiledProjection, FailedRows } from '../../../compile/compiled.ts'
import { compileProjection } from '../../../compile/projection.ts'
import { RowError } from '../../../functions/definition.ts'
import type { Expression } from '../../../plan/expressions/expression.ts'
import { columnsRead, readsWholeRow, remap } from '../../../plan/expressions/walk.ts'
import {
  type MatchNode,
  type MatchValue,
  matchRowSchema,
  type RowPlace,
  type RowVariables,
} from '../../../plan/nodes/node.ts'
import type { Value } from '../../../types/value.ts'
import { valueKey } from '../../../types/value-key.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { nothing, resultOf, type Total, withValue } from './match-aggregate.ts'
import { type Link, linksOf } from './match-attempt.ts'
import type { MatchRows, PartitionRows } from './match-rows.ts'

/** A row of a partition, and what it sees of a match. */
export interface Sight {
  readonly rows: PartitionRows
  readonly row: number
  /** The last row of the match so far; undefined: the match has none. */
  readonly tip: Link | undefined
  /** The last row of the whole match. */
  readonly last: Link | undefined
  /** The number of the match; NULL: the row is of none. */
  readonly number: bigint | null
}

/** A row on which an expression failed. */
export interface Failure {
  readonly at: number
  readonly code: number
  readonly message: string | undefined
}

/** Expressions over rows that see a match, compiled. */
export class SightExpressions {
  readonly #node: MatchNode
  readonly #rows: MatchRows
  /** Which of the columns (the input's, then the values) are read, in the order in which they are handed over. */
  readonly #reads: readonly number[]
  readonly #projection: CompiledProjection

  constructor(node: MatchNode, rows: MatchRows, expressions: readonly Expression[], context: OperatorContext) {
    const schema = matchRowSchema(node)
    const all = expressions.some(readsWholeRow)
    const read = new Set(all ? schema.keys() : expressions.flatMap(e => [...columnsRead(e)]))
    this.#node = node
    this.#rows = rows
    this.#reads = [...read].sort((a, b) => a - b)
    const placed = expressions.map(e => remap(e, index => this.#reads.indexOf(index)))
    const input = this.#reads.flatMap(index => {
      const field = schema[index]
      return field === undefined ? [] : [{ ...field, nullable: true }]
    })
    this.#projection = compileProjection({ input, outputs: placed, context })
  }

  /**
   * The expressions for each row, in order, without those that failed. `kept`: the numbers of the rows in the output.
   */
  evaluate(sights: readonly Sight[]): {
    readonly output: Batch
    readonly kept: readonly number[]
    readonly failed: readonly Failure[]
  } {
    const { memory } = this.#rows
    const failures = new Map<number, Failure>()
    const columns = this.#columns(sights, failures)
    const { output, selection, failed } = this.#projection.run({
      rows: sights.length,
      columns,
      weights: 0,
      watermarks: 0,
      watermark: NO_WATERMARK,
      ordinals: 0,
      firstOrdinal: 0n,
    })
    for (const failure of failuresOf(failed, this.#rows)) failures.set(failure.at, failure)
    return { output, kept: Array.from(memory.i32(selection, output.rows)), failed: [...failures.values()] }
  }

  #columns(sights: readonly Sight[], failures: Map<number, Failure>): readonly Column[] {
    const { memory, table, fieldOf } = this.#rows
    const width = fieldOf.length
    const own = int32s(
      memory,
      sights.map(({ rows, row }) => rows.slot(row)),
    )
    return this.#reads.map(index => {
      const value = this.#node.values[index - width]
      return value === undefined
        ? table.gather(own, sights.length, fieldOf[index] ?? 0)
        : this.#value(value, sights, failures)
    })
  }

  #value(value: MatchValue, sights: readonly Sight[], failures: Map<number, Failure>): Column {
    const { memory, table, fieldOf } = this.#rows
    const made = (of: (sight: Sight, at: number) => Value): Column =>
      columnFromValues(memory, typeOf(value), sights.map(of))
    switch (value.is) {
      case 'column': {
        const slots = int32s(
          memory,
          sights.map(sight => slotOf(sight, value.place)),
        )
        return table.gather(slots, sights.length, fieldOf[value.column] ?? 0)
      }
      case 'present':
        return made(sight => slotOf(sight, value.place) >= 0)
      case 'classifier':
        return made(sight => {
          const link = linkAt(sight, value.place)
          return link === undefined ? null : (this.#node.variables[link.variable] ?? null)
        })
      case 'number':
        return made(sight => sight.number)
      case 'rows': {
        const mapped = sights.map(sight =>
          mappedRows(sight.tip, value.variables).map(link => sight.rows.slot(link.row)),
        )
        const values = value.columns.map(column => this.#valuesOf(mapped.flat(), column))
        const all = mapped.flat().map((_, i): Value => values.map(column => column[i] ?? null))
        let from = 0
        return made((_, at) => {
          const to = from + (mapped[at]?.length ?? 0)
          const own = all.slice(from, to)
          from = to
          return own
        })
      }
      case 'aggregate':
        return made((sight, at) => {
          if (sight.number === null && value.call.nullable) return null
          try {
            return resultOf(value.call, value.call.args[0]?.type, this.#total(value, sight))
          } catch (error) {
            if (!(error instanceof RowError)) throw error
            failures.set(at, { at, code: error.code, message: error.message })
            return null
          }
        })
    }
  }

  /** The aggregate over the rows of the match, going on from the last of them for which it is known. */
  #total(value: Extract<MatchValue, { is: 'aggregate' }>, { rows, tip, last }: Sight): Total {
    const { call, variables, final } = value
    const from = final ? last : tip
    const fresh: Link[] = []
    let total = nothing
    for (let link = from; link !== undefined; link = link.parent) {
      const known = call.distinct ? undefined : link.known.totals?.get(value)
      if (known !== undefined) {
        total = known
        break
      }
      fresh.push(link)
    }
    fresh.reverse()
    const slots = fresh.map(link => (isOf(link.variable, variables) ? rows.slot(link.row) : -1))
    const [argument] = call.args
    const values = argument === undefined ? undefined : this.#valuesOf(slots, columnIndex(argument))
    const filter = call.filter === undefined ? undefined : this.#valuesOf(slots, columnIndex(call.filter))
    const seen = new Set<string>()
    for (const [i, link] of fresh.entries()) {
      const own = values?.[i] ?? null
      const counts = isOf(link.variable, variables) && (filter === undefined || filter[i] === true)
      if (counts && !(call.distinct && seen.has(valueKey(own)))) {
        total = withValue(call, total, argument === undefined ? true : own)
        seen.add(valueKey(own))
      }
      if (call.distinct) continue
      link.known.totals ??= new Map()
      link.known.totals.set(value, total)
    }
    return total
  }

  #valuesOf(slots: readonly number[], column: number): readonly Value[] {
    const { memory, table, fieldOf } = this.#rows
    const values = table.gather(int32s(memory, slots), slots.length, fieldOf[column] ?? 0)
    return slots.map((_, i) => readValue(memory, values, i))
  }
}

const columnIndex = (e: Expression): number => {
  if (e.is === 'column') return e.index
  throw new TypeError('an argument of an aggregate over a match is a column')
}

function typeOf(value: MatchValue): Column['type'] {
  switch (value.is) {
    case 'column':
    case 'rows':
      return value.type
    case 'present':
      return { is: 'boolean' }
    case 'classifier':
      return { is: 'string' }
    case 'aggregate':
      return value.call.type
    case 'number':
      return { is: 'bigint' }
  }
}

export const isOf = (variable: number, variables: RowVariables): boolean =>
  variables === 'all' || variables.includes(variable)

const mappedRows = (tip: Link | undefined, variables: RowVariables): readonly Link[] =>
  linksOf(tip).filter(link => isOf(link.variable, variables))

/** The row of the match at a place, before the shift. */
export function linkAt({ tip, last }: Pick<Sight, 'tip' | 'last'>, place: RowPlace): Link | undefined {
  const from = place.final ? last : tip
  if (place.from === 'first') return firstRows(from, place)[place.offset]
  let left = place.offset
  for (let link = from; link !== undefined; link = link.parent)
    if (isOf(link.variable, place.variables) && left-- === 0) return link
  return undefined
}

/** The first rows of a place, as far as it looks, going on from the last row for which they are known. */
function firstRows(tip: Link | undefined, place: RowPlace): readonly Link[] {
  const fresh: Link[] = []
  let found: readonly Link[] = []
  for (let link = tip; link !== undefined; link = link.parent) {
    const known = link.known.firsts?.get(place)
    if (known !== undefined) {
      found = known
      break
    }
    fresh.push(link)
  }
  for (const link of fresh.reverse()) {
    if (found.length <= place.offset && isOf(link.variable, place.variables)) found = [...found, link]
    link.known.firsts ??= new Map()
    link.known.firsts.set(place, found)
  }
  return found
}

function slotOf(sight: Sight, place: RowPlace): number {
  const link = linkAt(sight, place)
  return link === undefined ? -1 : sight.rows.slot(link.row + place.shift)
}

function failuresOf(failed: FailedRows, { memory }: MatchRows): readonly Failure[] {
  if (failed.count === 0) return []
  const rows = Array.from(memory.i32(failed.rows, failed.count))
  const codes = memory.u8(failed.codes, failed.count)
  return rows.map((at, i) => ({ at, code: codes[i] ?? 0, message: failed.messages.get(i) }))
}
