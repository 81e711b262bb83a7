/** Bounds the height of the tree, so that whoever walks it by recursion is safe. */

import type { ParsedStatement } from './ast.ts'
import type { Cursor } from './cursor.ts'

/** Nodes on the longest way from the root to a leaf. */
export const MAX_HEIGHT = 2000

/**
 * Refuses a tree that is too high. Nesting is bounded while parsing; only chains that lean left (`1 + 1 + 1 + …`)
 * can go past it, so the tree is measured only if there was a long one.
 */
export function checkHeight(c: Cursor, node: object, at: ParsedStatement['at']): void {
  if (c.deepest * c.longestChain < MAX_HEIGHT / 4) return
  let level: object[] = [node]
  for (let height = 1; level.length > 0; height++) {
    if (height > MAX_HEIGHT) throw c.error(at, `an expression is higher than ${MAX_HEIGHT} levels`)
    level = level.flatMap(children)
  }
}

function children(node: object): object[] {
  return Object.values(node).filter(value => typeof value === 'object' && value !== null)
}
