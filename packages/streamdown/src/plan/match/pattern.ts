/** A row pattern over the variables of a Match node, by their numbers. */
export type RowPattern =
  | { readonly is: 'variable'; readonly variable: number }
  | { readonly is: 'sequence'; readonly items: readonly RowPattern[] }
  /** The first that leads to a match is preferred. */
  | { readonly is: 'alternation'; readonly items: readonly RowPattern[] }
  | {
      readonly is: 'repeat'
      readonly item: RowPattern
      readonly min: number
      /** undefined: no upper bound. */
      readonly max: number | undefined
      /** As many as possible are preferred; else as few as possible. */
      readonly greedy: boolean
    }
  /** Rows that take part in the match and are left out of ALL ROWS PER MATCH. */
  | { readonly is: 'exclusion'; readonly item: RowPattern }
  /** Before the first row, or behind the last row, of the partition. */
  | { readonly is: 'anchor'; readonly place: 'start' | 'end' }

/** Whether the pattern can match no row at all. */
export function matchesNothing(pattern: RowPattern): boolean {
  switch (pattern.is) {
    case 'variable':
      return false
    case 'sequence':
      return pattern.items.every(matchesNothing)
    case 'alternation':
      return pattern.items.some(matchesNothing)
    case 'repeat':
      return pattern.min === 0 || matchesNothing(pattern.item)
    case 'exclusion':
      return matchesNothing(pattern.item)
    case 'anchor':
      return true
  }
}

/** How many variables stand in the pattern once its counted repetitions are written out. */
export function patternSize(pattern: RowPattern): number {
  switch (pattern.is) {
    case 'variable':
    case 'anchor':
      return 1
    case 'sequence':
    case 'alternation':
      return pattern.items.reduce((sum, item) => sum + patternSize(item), 0)
    case 'repeat':
      return patternSize(pattern.item) * Math.max(1, pattern.max ?? pattern.min + 1)
    case 'exclusion':
      return patternSize(pattern.item)
  }
}

/** How many rows a match can have at most; undefined: any number. */
export function longestMatch(pattern: RowPattern): number | undefined {
  switch (pattern.is) {
    case 'variable':
      return 1
    case 'anchor':
      return 0
    case 'sequence':
      return pattern.items.reduce<number | undefined>((sum, item) => {
        const own = longestMatch(item)
        return sum === undefined || own === undefined ? undefined : sum + own
      }, 0)
    case 'alternation':
      return pattern.items.reduce<number | undefined>((most, item) => {
        const own = longestMatch(item)
        return most === undefined || own === undefined ? undefined : Math.max(most, own)
      }, 0)
    case 'repeat': {
      const own = longestMatch(pattern.item)
      if (own === 0) return 0
      return own === undefined || pattern.max === undefined ? undefined : own * pattern.max
    }
    case 'exclusion':
      return longestMatch(pattern.item)
  }
}

/** The variables that the first row of a match can be of. */
export function firstVariables(pattern: RowPattern): ReadonlySet<number> {
  switch (pattern.is) {
    case 'variable':
      return new Set([pattern.variable])
    case 'anchor':
      return new Set()
    case 'alternation':
      return new Set(pattern.items.flatMap(item => [...firstVariables(item)]))
    case 'repeat':
      return pattern.max === 0 ? new Set() : firstVariables(pattern.item)
    case 'exclusion':
      return firstVariables(pattern.item)
    case 'sequence': {
      const found = new Set<number>()
      for (const item of pattern.items) {
        for (const variable of firstVariables(item)) found.add(variable)
        if (!matchesNothing(item)) break
      }
      return found
    }
  }
}

/** The pattern as it is written in SQL. */
export function patternText(pattern: RowPattern, nameOf: (variable: number) => string): string {
  const text = (part: RowPattern): string => patternText(part, nameOf)
  const inner = (part: RowPattern): string =>
    part.is === 'variable' || part.is === 'exclusion' || part.is === 'anchor' ? text(part) : `(${text(part)})`
  switch (pattern.is) {
    case 'variable':
      return nameOf(pattern.variable)
    case 'sequence':
      return pattern.items.map(item => (item.is === 'repeat' ? text(item) : inner(item))).join(' ')
    case 'alternation':
      return pattern.items.map(text).join(' | ')
    case 'repeat':
      return `${inner(pattern.item)}${quantifier(pattern)}`
    case 'exclusion':
      return `{- ${text(pattern.item)} -}`
    case 'anchor':
      return pattern.place === 'start' ? '^' : '$'
  }
}

function quantifier({ min, max, greedy }: Extract<RowPattern, { is: 'repeat' }>): string {
  const reluctant = greedy ? '' : '?'
  if (max === undefined) return `${min === 0 ? '*' : min === 1 ? '+' : `{${min},}`}${reluctant}`
  if (min === 0 && max === 1) return `?${reluctant}`
  return `{${min === max ? min : `${min},${max}`}}${reluctant}`
}
