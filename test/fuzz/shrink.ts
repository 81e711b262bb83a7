import { type Span, Tape } from './tape.ts'

/**
 * Makes what was drawn from tapes smaller while it still fails: spans and single choices are cut out or become the
 * simplest, as Hypothesis does it. Whatever is on a tape, what is drawn from it is valid.
 * @param fails draws from the tapes; whether it fails in the same way
 * @param attempts how often it may be called
 */
export async function shrink(
  tapes: readonly (readonly number[])[],
  fails: (tapes: readonly Tape[]) => Promise<boolean>,
  attempts: number,
): Promise<readonly (readonly number[])[]> {
  let best = tapes.map(tape => [...tape])
  let spans: readonly (readonly Span[])[] = tapes.map(() => [])
  let left = attempts
  const tried = new Set<string>()

  const attempt = async (candidate: readonly (readonly number[])[]): Promise<boolean> => {
    const key = JSON.stringify(candidate)
    if (left <= 0 || tried.has(key)) return false
    tried.add(key)
    const drawn = candidate.map(Tape.replay)
    left--
    if (!(await fails(drawn))) return false
    const choices = drawn.map(tape => tape.choices)
    tried.add(JSON.stringify(choices))
    const smaller = isSmaller(choices, best)
    spans = drawn.map(tape => tape.spans)
    if (smaller) best = choices.map(tape => [...tape])
    return smaller
  }
  const withTape = (at: number, tape: readonly number[]): readonly (readonly number[])[] => best.with(at, [...tape])

  if (!(await fails(best.map(Tape.replay)))) return best
  await attempt(best)
  for (let size = Number.POSITIVE_INFINITY; left > 0; ) {
    for (let at = 0; at < best.length; at++) {
      await withoutSpans(at)
      await withoutChunks(at)
      await withLowerChoices(at)
    }
    const now = best.flat().reduce((sum, choice) => sum + choice + 1, 0)
    if (now >= size) break
    size = now
  }
  return best

  async function withoutSpans(at: number): Promise<void> {
    for (let index = 0; left > 0; index++) {
      const tape = best[at] ?? []
      const span = [...(spans[at] ?? [])].sort((a, b) => b.to - b.from - (a.to - a.from))[index]
      if (span === undefined) return
      const { from, to } = span
      const cut = [...tape.slice(0, from), ...tape.slice(to)]
      const simplest = [...tape.slice(0, from), 0, ...tape.slice(to)]
      if ((await attempt(withTape(at, cut))) || (await attempt(withTape(at, simplest)))) index--
    }
  }

  async function withoutChunks(at: number): Promise<void> {
    for (const size of [64, 16, 4, 2, 1]) {
      for (let from = (best[at]?.length ?? 0) - size; from >= 0 && left > 0; from--) {
        const tape = best[at] ?? []
        if (await attempt(withTape(at, [...tape.slice(0, from), ...tape.slice(from + size)]))) from -= size - 1
      }
    }
  }

  async function withLowerChoices(at: number): Promise<void> {
    for (let index = 0; index < (best[at]?.length ?? 0) && left > 0; index++) {
      const choice = best[at]?.[index] ?? 0
      for (const lower of new Set([0, choice >> 1, choice - 1])) {
        if (lower < 0 || lower >= choice) continue
        if (await attempt(withTape(at, (best[at] ?? []).with(index, lower)))) break
      }
    }
  }
}

/** Fewer choices, or as many that are lower. */
function isSmaller(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): boolean {
  const length = (tapes: readonly (readonly number[])[]): number => tapes.reduce((sum, tape) => sum + tape.length, 0)
  if (length(a) !== length(b)) return length(a) < length(b)
  const [left, right] = [a.flat(), b.flat()]
  const at = left.findIndex((choice, index) => choice !== right[index])
  return at >= 0 && (left[at] ?? 0) < (right[at] ?? 0)
}
