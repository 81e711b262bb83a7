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
