import { physicalOf, widthOf } from '../types/physical.ts'
import type { StateTableSpec } from './state-table.ts'

/** Codes shared with kernels/table-fields.ts. */
export const tableKinds = { unique: 1, multimap: 2, ordered: 3, orderedUnique: 4 } as const

/** Where the fields of a state row lie. */
export interface RowLayout {
  readonly kind: number
  readonly stride: number
  /** log2 of the rows of a page. */
  readonly pageShift: number
  readonly offsets: readonly { readonly value: number; readonly valid: number }[]
}

const HEADER_BYTES = 8
const LINKED_HEADER_BYTES = 16
const HEAP_PAGE = 65536
const HEAP_HEADER = 64

/** The fields that lie in the row: all but the payload. */
const fieldsInRow = ({ fields, payload = 0 }: StateTableSpec): StateTableSpec['fields'] =>
  fields.slice(0, fields.length - payload)

/**
 * Header, values from the widest to the narrowest, those of keys first, then a byte a field; a multiple of 8 bytes in
 * all, with a payload of 4.
 */
export function layoutOf(spec: StateTableSpec): RowLayout {
  const kind = kindOf(spec)
  let at = kind === tableKinds.multimap ? LINKED_HEADER_BYTES : HEADER_BYTES
  const widths = fieldsInRow(spec).map(field => widthOf(physicalOf(field.type)))
  const values = new Array<number>(widths.length).fill(0)
  const isKey = (index: number): number => (index < spec.keys ? 1 : 0)
  const widestFirst = (a: number, b: number): number =>
    isKey(b) - isKey(a) || (widths[b] ?? 0) - (widths[a] ?? 0) || a - b
  for (const index of [...widths.keys()].sort(widestFirst)) {
    const width = widths[index] ?? 0
    at = Math.ceil(at / Math.min(width, 8)) * Math.min(width, 8)
    values[index] = at
    at += width
  }
  const firstValid = at
  // Of rows with a payload little lies in the row: half a word counts.
  const unit = spec.payload === undefined || spec.payload === 0 ? 8 : 4
  const stride = Math.ceil((at + widths.length) / unit) * unit
  return {
    kind,
    stride,
    pageShift: pageShiftOf(stride),
    offsets: values.map((value, index) => ({ value, valid: firstValid + index })),
  }
}

function kindOf(spec: StateTableSpec): number {
  if (spec.order !== undefined) return spec.unique ? tableKinds.orderedUnique : tableKinds.ordered
  return spec.unique ? tableKinds.unique : tableKinds.multimap
}

/** The rows of a page so that a page of about 128 KiB to 2 MiB fills its blocks best. */
function pageShiftOf(stride: number): number {
  let best = 0
  let least = Number.POSITIVE_INFINITY
  for (let shift = 0; stride * 2 ** shift <= 2 ** 21 || shift === 0; shift++) {
    const bytes = stride * 2 ** shift
    if (bytes < 2 ** 17 && stride < 2 ** 17) continue
    const waste = (Math.ceil((bytes + HEAP_HEADER) / HEAP_PAGE) * HEAP_PAGE) / bytes
    if (waste < least) [best, least] = [shift, waste]
  }
  return best
}
