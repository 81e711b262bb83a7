import type { Batch, Pointer } from '../../../batch/batch.ts'
import type { CompiledProjection } from '../../../compile/compiled.ts'
import { compileProjection } from '../../../compile/projection.ts'
import { neverFails } from '../../../plan/expressions/facts.ts'
import { columnsRead, readsWholeRow } from '../../../plan/expressions/walk.ts'
import type { MatchNode, MatchValue, RowPlace } from '../../../plan/nodes/node.ts'
import type { OperatorContext } from '../../operator-context.ts'
import type { Link, MatchRules } from './match-attempt.ts'
import type { MatchRows, PartitionRows } from './match-rows.ts'
import { type Failure, isOf, linkAt, SightExpressions } from './match-values.ts'

/** Bits of the column that holds what was found when a row came. */
const MOST_BITS = 31

type Definition =
  | { readonly is: 'true' }
  /** Of the row alone, and it cannot fail: evaluated by columns when rows come. */
  | { readonly is: 'bit'; readonly bit: number }
  /** Evaluated when a match asks; `lone`: whatever the match so far, it is the same for a row. */
  | { readonly is: 'asked'; readonly expression: SightExpressions; readonly lone: boolean }

/** What DEFINE says of each variable. */
export class Definitions {
  readonly #context: OperatorContext
  readonly #definitions: readonly Definition[]
  readonly #early: CompiledProjection | undefined
  readonly #earlyCount: number
  /** Places that definitions look at in the match so far; undefined: they may look at all of it. */
  readonly #places: readonly RowPlace[] | undefined

  constructor(node: MatchNode, rows: MatchRows, context: OperatorContext) {
    const { input } = node
    const early: NonNullable<MatchNode['defines'][number]>[] = []
    const places: (RowPlace | undefined)[] = []
    this.#context = context
    this.#definitions = node.defines.map((define, variable): Definition => {
      if (define === undefined) return { is: 'true' }
      const values = valuesRead(node, define)
      if (values.length === 0 && neverFails(define) && early.length < MOST_BITS)
        return { is: 'bit', bit: 1 << (early.push(define) - 1) }
      const remembered = values.flatMap(value => placesRemembered(value, variable))
      places.push(...remembered)
      return {
        is: 'asked',
        expression: new SightExpressions(node, rows, [define], context),
        lone: remembered.length === 0,
      }
    })
    this.#earlyCount = early.length
    this.#early = early.length === 0 ? undefined : compileProjection({ input: input.schema, outputs: early, context })
    this.#places = places.includes(undefined)
      ? undefined
      : places.flatMap(place =>
          place === undefined ? [] : Array.from({ length: place.offset + 1 }, (_, offset) => ({ ...place, offset })),
        )
  }

  /** Whether what was matched before may tell whether a row matches. */
  get looksBack(): boolean {
    return this.#places === undefined || this.#places.length > 0
  }

  /** i32 a row: a bit for each definition that is of the row alone. */
  holds(batch: Batch): Pointer {
    const { memory } = this.#context
    const out = memory.chunkZeroed(batch.rows * 4)
    if (this.#early === undefined) return out
    const { output } = this.#early.run(batch)
    for (let at = 0; at < this.#earlyCount; at++) {
      const column = output.columns[at]
      if (column === undefined) continue
      const bits = memory.i32(out, batch.rows)
      const values = memory.u8(column.data, batch.rows)
      const valid = column.validity === 0 ? undefined : memory.u8(column.validity, batch.rows)
      for (let row = 0; row < batch.rows; row++)
        if (values[row] === 1 && valid?.[row] !== 0) bits[row] = (bits[row] ?? 0) | (1 << at)
    }
    return out
  }

  /** For the rows of a partition. A row on which a definition fails does not match, and is reported. */
  rulesFor(rows: PartitionRows, number: () => bigint, failed: (row: number, failure: Failure) => void): MatchRules {
    const known = new Map<number, boolean>()
    const { memory } = this.#context
    const evaluate = (link: Link, expression: SightExpressions): boolean => {
      const mark = memory.mark()
      const sight = { rows, row: link.row, tip: link, last: link, number: number() }
      const result = expression.evaluate([sight])
      for (const failure of result.failed) failed(link.row, failure)
      const [column] = result.output.columns
      const holds =
        result.output.rows === 1 &&
        column !== undefined &&
        memory.u8(column.data, 1)[0] === 1 &&
        (column.validity === 0 || memory.u8(column.validity, 1)[0] === 1)
      memory.release(mark)
      return holds
    }
    return {
      holds: link => {
        const definition = this.#definitions[link.variable]
        switch (definition?.is) {
          case 'bit':
            return (rows.holds(link.row) & definition.bit) !== 0
          case 'asked': {
            if (!definition.lone) return evaluate(link, definition.expression)
            const key = link.row * this.#definitions.length + link.variable
            const holds = known.get(key) ?? evaluate(link, definition.expression)
            known.set(key, holds)
            return holds
          }
          default:
            return true
        }
      },
      memory: path => this.#memory(path),
    }
  }

  #memory(path: Link | undefined): string | undefined {
    if (this.#places === undefined) return undefined
    const seen: (number | undefined)[] = []
    for (const place of this.#places) seen.push(linkAt({ tip: path, last: path }, place)?.row)
    return seen.join()
  }
}

function valuesRead(node: MatchNode, define: Parameters<typeof columnsRead>[0]): readonly MatchValue[] {
  const width = node.input.schema.length
  if (readsWholeRow(define)) return node.values
  return [...columnsRead(define)].flatMap(index => node.values[index - width] ?? [])
}

/** What must be known of a match so far; undefined: all of it. Nothing, where the value is of the row itself. */
function placesRemembered(value: MatchValue, variable: number): readonly (RowPlace | undefined)[] {
  switch (value.is) {
    case 'number':
      return []
    case 'aggregate':
    case 'rows':
      return [undefined]
    case 'column':
    case 'present':
    case 'classifier': {
      const { place } = value
      const itself = place.from === 'last' && place.offset === 0 && isOf(variable, place.variables)
      if (itself) return []
      return value.is === 'classifier' ? [undefined] : [place]
    }
  }
}
