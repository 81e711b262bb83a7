import type { CallExpression, Expression } from '../plan/expressions/expression.ts'
import { visit } from '../plan/expressions/walk.ts'
import type { Emitter } from './emitter.ts'
import type { ExpressionNumbers } from './expression-numbers.ts'

/** Parts of one text between the same separators. */
export interface Split {
  /** The number of the text and the separator together. */
  readonly key: number
  /** The parts that are asked for lie in `[first, first + count)`, from 0. */
  readonly first: number
  readonly count: number
}

/** What the kernel can tell of in one word. */
const MOST_PARTS = 31

/** Which calls of a projection ask for parts of the same text: one pass over it finds them all. */
export class SharedSplits {
  readonly #roots: readonly Expression[]
  readonly #numbers: ExpressionNumbers
  readonly #slots = new Map<number, number>()
  #asked: Map<number, Set<number>> | undefined

  constructor(roots: readonly Expression[], numbers: ExpressionNumbers) {
    this.#roots = roots
    this.#numbers = numbers
  }

  /** Undefined where a pass of its own is not slower. */
  of(call: CallExpression): Split | undefined {
    const part = partOf(call)
    if (part === undefined) return undefined
    const key = this.#keyOf(call)
    this.#asked ??= this.#collect()
    const asked = this.#asked.get(key)
    if (asked === undefined || asked.size < 2) return undefined
    const first = Math.min(...asked)
    const count = Math.max(...asked) - first + 1
    // Views are made of the parts between as well.
    return count > Math.min(2 * asked.size, MOST_PARTS) ? undefined : { key, first, count }
  }

  /** Where the views of the parts lie: the same on every way that makes them. */
  slotOf(e: Emitter, { key, count }: Split): number {
    const slot = this.#slots.get(key) ?? e.reserve(16 * count)
    this.#slots.set(key, slot)
    return slot
  }

  #keyOf(call: CallExpression): number {
    return this.#numbers.ofParts('split', call.args.slice(0, 2))
  }

  #collect(): Map<number, Set<number>> {
    const asked = new Map<number, Set<number>>()
    for (const root of this.#roots) {
      visit(root, part => {
        const index = part.is === 'call' ? partOf(part) : undefined
        if (part.is !== 'call' || index === undefined) return
        const key = this.#keyOf(part)
        if (key !== 0) asked.set(key, (asked.get(key) ?? new Set()).add(index))
      })
    }
    return asked
  }
}

/** The part, from 0, that SPLIT_INDEX or SPLIT_PART asks for by a literal, where the separator is one byte. */
function partOf(call: CallExpression): number | undefined {
  const from = call.name === 'split_index' ? 0 : call.name === 'split_part' ? 1 : undefined
  const [, separator, index] = call.args
  if (from === undefined || separator?.is !== 'literal' || index?.is !== 'literal') return undefined
  if (typeof separator.value !== 'string' || typeof index.value !== 'number' || index.value < from) return undefined
  return /^[\0-\x7f]$/.test(separator.value) ? index.value - from : undefined
}
