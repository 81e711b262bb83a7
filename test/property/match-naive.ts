/**
 * Row pattern recognition as SQL:2016 defines it (ISO/IEC 9075-2, 7.x "row pattern recognition"): all ways to map rows to
 * variables are tried in the order of preference, over the whole partition at once. Shares nothing with the engine.
 */

export interface Row {
  readonly id: number
  readonly x: number | null
  readonly time: number
}

export type Pattern =
  | { readonly is: 'variable'; readonly name: string }
  | { readonly is: 'sequence' | 'alternation'; readonly items: readonly Pattern[] }
  | { readonly is: 'permute'; readonly items: readonly Pattern[] }
  | { readonly is: 'exclusion'; readonly item: Pattern }
  | { readonly is: 'anchor'; readonly place: '^' | '$' }
  | {
      readonly is: 'repeat'
      readonly item: Pattern
      readonly min: number
      readonly max: number
      readonly greedy: boolean
    }

export interface Mapped {
  /** Position of the row in its partition. */
  readonly at: number
  readonly variable: string
  readonly excluded: boolean
}

/** What an expression is evaluated on: the row at `at`, the match up to it, and the whole match. */
export interface Sight {
  readonly rows: readonly Row[]
  readonly at: number
  readonly upTo: readonly Mapped[]
  readonly whole: readonly Mapped[]
  readonly number: number | null
}

export type Value = number | string | boolean | null
export interface Term {
  readonly sql: string
  readonly value: (sight: Sight) => Value
}

export type Skip = { readonly to: 'past last' | 'next' } | { readonly to: 'first' | 'last'; readonly variable: string }

export interface Query {
  readonly pattern: Pattern
  readonly defines: ReadonlyMap<string, Term>
  readonly subset: readonly string[]
  readonly skip: Skip
  readonly shown: 'one' | 'all' | 'omit empty' | 'unmatched'
  readonly within: number | undefined
  readonly measures: readonly Term[]
}

interface Way {
  readonly next: number
  readonly path: readonly Mapped[]
}

/** The output for the ordered rows of a partition, or 'skip error' where AFTER MATCH SKIP breaks its rule. */
export function recognise(query: Query, rows: readonly Row[]): readonly (readonly Value[])[] | 'skip error' {
  const output: (readonly Value[])[] = []
  let number = 0
  let covered = 0
  let start = 0
  const show = (sight: Sight): void => {
    const values = query.measures.map(measure => measure.value(sight))
    output.push(query.shown === 'one' ? values : [...values, rows[sight.at]?.id ?? null])
  }
  while (start < rows.length) {
    const found = first(query, rows, start, number + 1)
    if (found === undefined) {
      if (query.shown === 'unmatched' && start >= covered) show({ rows, at: start, upTo: [], whole: [], number: null })
      start++
      continue
    }
    const { path } = found
    const next = skipTo(query.skip, path, start)
    if (next === undefined) return 'skip error'
    number++
    const last = path.at(-1)
    if (last === undefined) {
      if (query.shown !== 'omit empty') show({ rows, at: start, upTo: [], whole: [], number })
    } else if (query.shown === 'one') show({ rows, at: last.at, upTo: path, whole: path, number })
    else
      for (const [i, mapped] of path.entries())
        if (!mapped.excluded) show({ rows, at: mapped.at, upTo: path.slice(0, i + 1), whole: path, number })
    covered = Math.max(covered, (last?.at ?? start) + 1)
    start = next
  }
  return output
}

function skipTo(skip: Skip, path: readonly Mapped[], start: number): number | undefined {
  const last = path.at(-1)
  if (last === undefined || skip.to === 'next') return start + 1
  if (!('variable' in skip)) return last.at + 1
  const mapped = path.filter(({ variable }) => variable === skip.variable)
  const target = skip.to === 'first' ? mapped[0] : mapped.at(-1)
  return target === undefined || target.at === start ? undefined : target.at
}

function first(query: Query, rows: readonly Row[], start: number, number: number): Way | undefined {
  const { value } = ways(query, rows, start, number, query.pattern, { next: start, path: [] }, false).next()
  return value === undefined ? undefined : value
}

/** All ways to match the pattern from `way` on, the preferred first. */
function* ways(
  query: Query,
  rows: readonly Row[],
  start: number,
  number: number,
  pattern: Pattern,
  way: Way,
  excluded: boolean,
): Generator<Way, undefined> {
  const go = (part: Pattern, from: Way, out = excluded) => ways(query, rows, start, number, part, from, out)
  switch (pattern.is) {
    case 'variable': {
      const row = rows[way.next]
      const begin = rows[start]
      if (row === undefined || begin === undefined) return
      if (query.within !== undefined && row.time - begin.time >= query.within) return
      const path = [...way.path, { at: way.next, variable: pattern.name, excluded }]
      const condition = query.defines.get(pattern.name)
      const sight = { rows, at: way.next, upTo: path, whole: path, number }
      if (condition === undefined || condition.value(sight) === true) yield { next: way.next + 1, path }
      return
    }
    case 'sequence': {
      const [head, ...tail] = pattern.items
      if (head === undefined) {
        yield way
        return
      }
      for (const then of go(head, way)) yield* go({ is: 'sequence', items: tail }, then)
      return
    }
    case 'alternation':
      for (const item of pattern.items) yield* go(item, way)
      return
    case 'permute':
      for (const items of permutations(pattern.items)) yield* go({ is: 'sequence', items }, way)
      return
    case 'exclusion':
      yield* go(pattern.item, way, true)
      return
    case 'anchor':
      if (pattern.place === '^' ? way.next === 0 : way.next === rows.length) yield way
      return
    case 'repeat': {
      const { item, min, max, greedy } = pattern
      if (min > 0) {
        for (const then of go(item, way)) yield* go({ ...pattern, min: min - 1, max: max - 1 }, then)
        return
      }
      if (!greedy || max === 0) yield way
      // Beyond those that must be, an iteration of no rows is none.
      if (max > 0)
        for (const then of go(item, way)) if (then.next > way.next) yield* go({ ...pattern, max: max - 1 }, then)
      if (greedy && max > 0) yield way
    }
  }
}

function permutations<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length < 2) return [items]
  return items.flatMap((item, i) => permutations(items.filter((_, j) => j !== i)).map(rest => [item, ...rest]))
}

export function patternSQL(pattern: Pattern): string {
  switch (pattern.is) {
    case 'variable':
      return pattern.name
    case 'sequence':
      return `(${pattern.items.map(patternSQL).join(' ')})`
    case 'alternation':
      return `(${pattern.items.map(patternSQL).join(' | ')})`
    case 'permute':
      return `PERMUTE(${pattern.items.map(patternSQL).join(', ')})`
    case 'exclusion':
      return `{- ${patternSQL(pattern.item)} -}`
    case 'anchor':
      return pattern.place
    case 'repeat': {
      const { item, min, max, greedy } = pattern
      const counts = max === Number.POSITIVE_INFINITY ? `{${min},}` : `{${min},${max}}`
      const short = { '{0,}': '*', '{1,}': '+', '{0,1}': '?' }[counts] ?? counts
      return `(${patternSQL(item)})${short}${greedy ? '' : '?'}`
    }
  }
}
