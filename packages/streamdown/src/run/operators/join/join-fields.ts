import { type Field, field, type Schema, types } from '../../../types/data-type.ts'

/**
 * Fields that only the join knows: weight and arrival ordinal; the weight of what the row met; its last moment and its
 * timer; its place in the index by key; scratch.
 */
const hiddenFields = {
  weight: field('$weight', types.bigint),
  ordinal: field('$ordinal', types.bigint),
  matches: field('$matches', types.bigint),
  expires: field('$expires', types.bigint),
  timer: field('$timer', types.int),
  entry: field('$entry', types.int),
  mark: field('$mark', types.int),
} as const

export type Hidden = keyof typeof hiddenFields

/** What a side keeps of its rows. */
interface KeptFields {
  readonly schema: Schema
  /** Input columns of the key. */
  readonly keys: readonly number[]
  /** Input columns that are kept; all others read as NULL. */
  readonly stored: readonly number[]
  readonly appendOnly: boolean
  /** Rows count what they met. */
  readonly tracked: boolean
  readonly timed: boolean
  /** Rows stay, or go in the order in which they came. */
  readonly inOrder: boolean
}

/** The fields of a side's table. */
export interface JoinFields {
  readonly fields: readonly Field[]
  /** Of each field, the input column that it holds, or what else. */
  readonly layout: readonly (number | Hidden)[]
  /** Input columns without repetition: keys first. */
  readonly columns: readonly number[]
  readonly payload: number
}

/** Of rows that nothing changes and that go in order only keys and what is counted lie in the row; the rest is payload. */
export function joinFields({ schema, keys, stored, appendOnly, tracked, timed, inOrder }: KeptFields): JoinFields {
  const rest = stored.filter(column => !keys.includes(column))
  const counted: readonly Hidden[] = tracked ? ['matches'] : []
  const written: readonly Hidden[] = ['weight', 'ordinal', ...(timed ? (['expires'] as const) : [])]
  const linked: readonly Hidden[] = [
    ...(timed && !appendOnly ? (['timer'] as const) : []),
    ...(appendOnly ? [] : (['entry', 'mark'] as const)),
  ]
  const layout = inOrder
    ? [...keys, ...counted, ...rest, ...written]
    : [...keys, ...rest, ...written, ...counted, ...linked]
  return {
    fields: layout.map(each =>
      typeof each === 'number' ? (schema[each] ?? field('', types.null)) : hiddenFields[each],
    ),
    layout,
    columns: [...keys, ...rest],
    payload: inOrder ? rest.length + written.length : 0,
  }
}
