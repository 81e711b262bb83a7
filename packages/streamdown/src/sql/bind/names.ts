import type { Identifier, Name } from '../parse/ast.ts'
import type { Settings } from '../settings.ts'

/** The dialect's rule on identifiers. */
export interface Names {
  /** The name as it is stored and shown. */
  fold(identifier: Identifier): string
  /** Whether two stored names mean the same. */
  same(a: string, b: string): boolean
}

export function namesOf(settings: Settings): Names {
  switch (settings.identifier_case) {
    case 'lower':
      return { fold: id => (id.quoted ? id.text : id.text.toLowerCase()), same: (a, b) => a === b }
    case 'insensitive':
      return { fold: id => id.text, same: (a, b) => a.toLowerCase() === b.toLowerCase() }
    case 'preserve':
      return { fold: id => id.text, same: (a, b) => a === b }
  }
}

/** The last part: catalogs and databases are one namespace here. */
export const lastPart = (name: Name): Identifier => name.parts.at(-1)!

/** The name within `candidates` that a typing error most likely meant, or undefined when none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase()
  let best: string | undefined
  let bestDistance = Math.max(2, Math.ceil(wanted.length / 3)) + 1
  for (const candidate of candidates) {
    const distance = editDistance(wanted, candidate.toLowerCase(), bestDistance)
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

export function didYouMean(name: string, candidates: Iterable<string>): string {
  const near = nearest(name, candidates)
  return near === undefined ? '' : ` Did you mean "${near}"?`
}

function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(substitution, previous[j]! + 1, row[j - 1]! + 1))
    }
    previous = row
  }
  return previous[b.length]!
}
