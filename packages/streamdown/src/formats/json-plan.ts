import { StreamdownError } from '../errors/error.ts'
import { type DataType, type Schema, types } from '../types/data-type.ts'
import { type BlockColumn, header } from './decode-block.ts'
import type { ScanColumn } from './format.ts'
import { textKindOf, textKinds, textParameters } from './text-kinds.ts'

const NODE_BYTES = 32
const CHILD_BYTES = 64
const SLOT_BYTES = 48
/** Members of one object whose place is predicted. */
const SLOTS = 64
const MOST_BYTES = 1 << 21
/** Of the objects that no column needs, so many have their members predicted. */
const MOST_SKIPPED = 16

/** A key of an object that is known: its value is read into a column, descended into, both, or skipped. */
interface Child {
  readonly name: string
  readonly type: DataType
  readonly required: boolean
  leaf: number | undefined
  presence: number | undefined
  node: Child[] | undefined
  readonly skipped?: true
}

export interface JsonPlan {
  readonly image: Uint8Array
  readonly columns: readonly BlockColumn[]
  readonly places: ReadonlyMap<number, { readonly name: string; readonly type: DataType }>
}

/** Lays out the block of kernels/json-decode.ts for the distinct columns of a scan, in their order. */
export function planJson(
  schema: Schema,
  columns: readonly ScanColumn[],
  flags: number,
  maxRecordBytes: number,
): JsonPlan {
  const root: Child[] = []
  const leaves = columns.map(({ column, path, presence }, index) => {
    let fields: Schema = schema
    let node = root
    let name = ''
    const steps = [column, ...path]
    for (const [depth, step] of steps.entries()) {
      const field = fields[step]
      if (field === undefined) throw new StreamdownError('DSD9002', `The scan has no column ${steps.join('.')}.`)
      name = depth === 0 ? field.name : `${name}.${field.name}`
      let child = node.find(each => each.name === field.name)
      if (child === undefined) {
        child = {
          name: field.name,
          type: field.type,
          required: !field.nullable,
          leaf: undefined,
          presence: undefined,
          node: undefined,
        }
        node.push(child)
      }
      if (depth === steps.length - 1) {
        if (presence === true) {
          child.presence = index
          child.node ??= []
          return { name, type: types.boolean, required: false }
        }
        child.leaf = index
        return { name, type: field.type, required: depth === 0 && !field.nullable }
      }
      if (field.type.is !== 'row') throw new StreamdownError('DSD9002', `Column ${name} is no ROW.`)
      fields = field.type.fields
      child.node ??= []
      node = child.node
    }
    throw new StreamdownError('DSD9002', 'A scan column is empty.')
  })
  addSkipped(root, schema, MOST_SKIPPED)
  return new Layout(root, leaves, flags, maxRecordBytes).plan
}

/**
 * Adds the objects that the schema has and no column needs, `room` at most: members that are predicted are passed over
 * faster than unknown ones. Returns the room that is left.
 */
function addSkipped(node: Child[], fields: Schema, room: number): number {
  let left = room
  for (const { name, type } of fields) {
    if (type.is !== 'row') continue
    let child = node.find(each => each.name === name)
    if (child === undefined && left > 0) {
      child = { name, type, required: false, leaf: undefined, presence: undefined, node: [], skipped: true }
      node.push(child)
      left -= 1
    }
    if (child?.node !== undefined) left = addSkipped(child.node, type.fields, left)
  }
  return left
}

class Layout {
  readonly plan: JsonPlan
  readonly #bytes = new Uint8Array(MOST_BYTES)
  readonly #view = new DataView(this.#bytes.buffer)
  readonly #places = new Map<number, { readonly name: string; readonly type: DataType }>()
  readonly #columns: BlockColumn[] = []
  readonly #leaves: readonly { readonly name: string; readonly type: DataType; readonly required: boolean }[]
  #end: number = header.bytes

  constructor(
    root: readonly Child[],
    leaves: readonly { readonly name: string; readonly type: DataType; readonly required: boolean }[],
    flags: number,
    maxRecordBytes: number,
  ) {
    this.#leaves = leaves
    const list = this.#take(leaves.length * 4)
    this.#put(header.flags, flags)
    this.#put(header.maxRecord, maxRecordBytes)
    this.#put(header.columns, list)
    this.#put(header.columnCount, leaves.length)
    this.#put(header.root, this.#node(root, ''))
    this.plan = { image: this.#bytes.slice(0, this.#end), columns: this.#columns, places: this.#places }
  }

  #node(children: readonly Child[], path: string): number {
    const ordered = [...children].sort((a, b) => Number(b.required) - Number(a.required))
    const node = this.#take(NODE_BYTES)
    const first = this.#take(ordered.length * CHILD_BYTES)
    const slots = this.#take((SLOTS + 1) * SLOT_BYTES)
    this.#put(node, ordered.length)
    this.#put(node + 4, first)
    this.#put(node + 8, ordered.filter(child => child.required).length)
    this.#put(node + 12, slots)
    this.#put(node + 20, SLOTS)
    for (const [index, child] of ordered.entries()) this.#child(first + index * CHILD_BYTES, child, path)
    return node
  }

  #child(at: number, child: Child, path: string): void {
    const name = path === '' ? child.name : `${path}.${child.name}`
    const key = new TextEncoder().encode(child.name)
    const keyAt = this.#take(key.length)
    this.#bytes.set(key, keyAt)
    this.#put(at, keyAt)
    this.#put(at + 4, key.length)
    const [precision, scale] = textParameters(child.type)
    this.#put(at + 24, precision)
    this.#put(at + 28, scale)
    this.#places.set(at, { name, type: child.type })
    const { leaf, node } = child
    if (node !== undefined) {
      this.#put(at + 8, child.skipped === true ? textKinds.skip : textKinds.object)
      this.#put(at + 12, this.#node(node, name))
      this.#put(at + 32, 0xffffffff)
      this.#put(at + 52, leaf ?? 0xffffffff)
      if (leaf !== undefined) this.#column(leaf, at + 44, at + 48)
      if (child.presence !== undefined) this.#column(child.presence, at + 36, at + 40)
    } else if (leaf !== undefined) {
      this.#put(at + 8, textKindOf(child.type))
      this.#put(at + 32, leaf)
      this.#put(at + 52, 0xffffffff)
      this.#column(leaf, at + 36, at + 40)
    }
  }

  #column(leaf: number, dataAt: number, validityAt: number): void {
    const column = this.#leaves[leaf]
    if (column !== undefined) this.#columns[leaf] = { ...column, dataAt, validityAt }
  }

  #put(at: number, value: number): void {
    this.#view.setUint32(at, value, true)
  }

  #take(bytes: number): number {
    const at = this.#end
    this.#end = (at + bytes + 15) & ~15
    if (this.#end > this.#bytes.length) throw new StreamdownError('DSD2005', 'Tables this wide are not supported yet.')
    return at
  }
}
