/** Names and places. */

import type { Span } from '../../../errors/span.ts'

export type { Span }

/** One name as written; `text` has no quotes. */
export type Identifier = {
  readonly is: 'identifier'
  readonly text: string
  readonly quoted: boolean
  readonly at: Span
}

/** A possibly qualified name, `catalog.database.table`; at least one part. */
export type Name = { readonly is: 'name'; readonly parts: readonly Identifier[]; readonly at: Span }
