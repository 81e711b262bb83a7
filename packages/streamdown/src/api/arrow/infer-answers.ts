import type { ColumnDraft } from '../draft/relation-draft.ts'
import type { ColumnType } from '../schema/column-type.ts'
import { inferredColumns } from './infer.ts'
import { parseArrow } from './parse.ts'

/** `keys => keys.map(inner)`, async or not. */
const oneForEach = /^(?:async\b\s*)?\(?\s*([A-Za-z_$][\w$]*)\s*\)?\s*=>\s*\1\.map\(([\s\S]*)\)\s*$/

/** The columns of the rows that the `get` of a lookup gives, where its source is `keys => keys.map(key => ({ ... }))`. */
export function answerColumns(
  get: (keys: never) => unknown,
  key: ColumnType<unknown>,
): readonly ColumnDraft[] | undefined {
  const inner = oneForEach.exec(String(get))?.[2]
  const arrow = inner === undefined ? undefined : parseArrow(inner)
  const [parameter] = arrow?.parameters ?? []
  if (arrow === undefined || parameter?.is !== 'row') return undefined
  const columns = inferredColumns(arrow.body, {
    parameter: { is: 'columns', columns: new Map([[parameter.name, parameter.name]]) },
    columns: [],
    column: name => (name === parameter.name ? key : undefined),
  })
  return typeof columns === 'string' ? undefined : columns
}
