import { type Batch, CHUNK_ROWS } from '../../../batch/batch.ts'
import { int32s, int64s } from '../../../batch/values.ts'
import type { MatchNode } from '../../../plan/nodes/node.ts'
import type { Output } from '../../operator.ts'
import type { OperatorContext } from '../../operator-context.ts'
import { emitDead } from '../dead.ts'
import { type Link, linksOf } from './match-attempt.ts'
import type { MatchRows, PartitionRows } from './match-rows.ts'
import type { SearchResults } from './match-search.ts'
import { type Sight, SightExpressions } from './match-values.ts'

interface Dead {
  readonly slot: number
  readonly code: number
  readonly message: string | undefined
}

/** Rows of one match, or one that is of none, by the row that ends it. */
interface Shown extends End {
  readonly sights: readonly Sight[]
}

/** Collects what the searches of a step find, and sends it in the order of the rows that end matches. */
export class MatchOutput {
  readonly #node: MatchNode
  readonly #rows: MatchRows
  readonly #context: OperatorContext
  readonly #outputs: SightExpressions
  #shown: Shown[] = []
  #timedOut: Sight[] = []
  #dead: Dead[] = []
  /** Rows that are dead letters of this step already: `slot`. */
  readonly #failed = new Set<number>()

  constructor(node: MatchNode, rows: MatchRows, context: OperatorContext) {
    this.#node = node
    this.#rows = rows
    this.#context = context
    this.#outputs = new SightExpressions(node, rows, node.outputs, context)
  }

  /** Where the search of a partition tells its results. */
  of(rows: PartitionRows): SearchResults {
    // Within a partition in the order in which they are found.
    let latest: Shown | undefined
    const show = (last: number, sights: readonly Sight[]): void => {
      if (sights.length === 0) return
      const own = { time: rows.time(last), ordinal: rows.ordinal(last), sights }
      latest = latest === undefined || compare(latest, own) <= 0 ? own : { ...latest, sights }
      this.#shown.push(latest)
    }
    return {
      match: (start, path, number) => show(path?.row ?? start, this.#sightsOf(rows, start, path, number)),
      unmatched: row => {
        if (this.#node.rows !== 'all and unmatched') return
        show(row, [{ rows, row, tip: undefined, last: undefined, number: null }])
      },
      timedOut: path => {
        if (this.#node.tellsTimedOut === true)
          this.#timedOut.push({ rows, row: path.row, tip: path, last: path, number: null })
      },
      failed: (row, code, message) => this.#fail(rows.slot(row), code, message),
    }
  }

  send(watermark: bigint, out: Output): void {
    const shown = this.#shown.sort(compare)
    this.#shown = []
    const timedOut = this.#timedOut.sort((a, b) => compare(ends(a), ends(b)))
    this.#timedOut = []
    this.#evaluate(timedOut, watermark, batch => out.side('timedOut', batch))
    this.#evaluate(
      shown.flatMap(each => each.sights),
      watermark,
      batch => out.emit(batch),
    )
    this.#sendDead(watermark, out)
  }

  #evaluate(sights: readonly Sight[], watermark: bigint, emit: (batch: Batch) => void): void {
    const { memory } = this.#context
    for (let from = 0; from < sights.length; from += CHUNK_ROWS) {
      const mark = memory.mark()
      const chunk = sights.slice(from, from + CHUNK_ROWS)
      const { output, kept, failed } = this.#outputs.evaluate(chunk)
      const ordinals = kept.map(at => ordinalOf(chunk[at]))
      emit({ ...output, watermark, ordinals: int64s(memory, ordinals) })
      for (const { at, code, message } of failed) {
        const sight = chunk[at]
        if (sight !== undefined) this.#fail(sight.rows.slot(sight.row), code, message)
      }
      memory.release(mark)
    }
  }

  #sightsOf(rows: PartitionRows, start: number, path: Link | undefined, number: bigint): readonly Sight[] {
    const { rows: shown } = this.#node
    if (path === undefined)
      return shown === 'all but empty' ? [] : [{ rows, row: start, tip: undefined, last: undefined, number }]
    if (shown === 'one') return [{ rows, row: path.row, tip: path, last: path, number }]
    return linksOf(path)
      .filter(link => !link.excluded)
      .map(link => ({ rows, row: link.row, tip: link, last: path, number }))
  }

  #fail(slot: number, code: number, message: string | undefined): void {
    if (this.#failed.has(slot)) return
    this.#failed.add(slot)
    this.#dead.push({ slot, code, message })
  }

  #sendDead(watermark: bigint, out: Output): void {
    const dead = this.#dead
    if (dead.length === 0) return
    this.#dead = []
    this.#failed.clear()
    const { memory } = this.#context
    const batch = this.#rows.batch(
      dead.map(({ slot }) => slot),
      watermark,
    )
    const codes = memory.chunk(dead.length)
    memory.u8(codes, dead.length).set(dead.map(({ code }) => code))
    const rows = int32s(memory, [...dead.keys()])
    const messages = new Map(dead.flatMap(({ message }, i) => (message === undefined ? [] : [[i, message] as const])))
    emitDead(memory, this.#node.input.schema, batch, { count: dead.length, rows, codes, messages }, out)
  }
}

const ordinalOf = (sight: Sight | undefined): bigint => (sight === undefined ? 0n : sight.rows.ordinal(sight.row))

interface End {
  readonly time: bigint
  readonly ordinal: bigint
}

const ends = ({ rows, row }: Sight): End => ({ time: rows.time(row), ordinal: rows.ordinal(row) })

function compare(a: End, b: End): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1
  return a.ordinal < b.ordinal ? -1 : a.ordinal > b.ordinal ? 1 : 0
}
