import type { Batch, Column, Pointer } from '../batch/batch.ts'
import type { Memory } from '../batch/memory.ts'
import { readValue } from '../batch/values.ts'
import { writeBytes } from '../batch/views.ts'
import { StreamdownError } from '../errors/error.ts'
import type { DataType, Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { joined } from '../values/bytes.ts'
import { textKinds } from './text-kinds.ts'

/** What differs between text formats when rows are written. */
export interface EncodeStyle {
  readonly csv: boolean
  readonly isoTimestamps: boolean
  readonly omitNulls: boolean
  readonly delimiter: number
  readonly quote: number
  readonly nullText: string
  /** The text in front of each column's value. */
  prefix(name: string): string
  /** Around each row, and around each retraction. */
  readonly open: string
  readonly close: string
  readonly openRetraction: string
  readonly closeRetraction: string
  /** The text of a value that the kernel does not write (`textOf` says which), as it stands in the output. */
  render(type: DataType, value: Exclude<Value, null>): string
}

const HEADER_BYTES = 96
const COLUMN_BYTES = 32
/** The widest value that is no string: a timestamp of a far year, a decimal of 38 digits. */
const VALUE_BYTES = 56
const OUTPUT_BYTES = 256 * 1024
/** The longest text of a double, with quotes around an infinity. */
const NUMBER_BYTES = 32
/** Vectors are written whole, past the text that counts. */
const SLACK = 64

/** Writes batches of a schema as text; see kernels/text-encode.ts. */
export class BlockEncoder {
  readonly #memory: Memory
  readonly #schema: Schema
  readonly #style: EncodeStyle
  readonly #image: Uint8Array

  constructor(memory: Memory, schema: Schema, style: EncodeStyle) {
    this.#memory = memory
    this.#schema = schema
    this.#style = style
    this.#image = imageOf(schema, style)
  }

  encode(batch: Batch): Uint8Array {
    const memory = this.#memory
    const mark = memory.mark()
    const columns = this.#schema.map((field, index) => {
      const column = batch.columns[index]
      if (column === undefined) throw new StreamdownError('DSD9002', `The batch has no column ${field.name}.`)
      return textKindFor(field.type) === textKinds.raw && field.type.is !== 'json'
        ? this.#render(column, batch.rows)
        : column
    })
    const block = memory.chunk(this.#image.length)
    memory.u8(block, this.#image.length).set(this.#image)
    const put = (place: number, value: number) => memory.view().setUint32(block + place, value, true)
    put(12, batch.rows)
    put(48, batch.weights)
    for (const [index, column] of columns.entries()) {
      put(HEADER_BYTES + index * COLUMN_BYTES, column.data)
      put(HEADER_BYTES + index * COLUMN_BYTES + 4, column.validity)
    }
    const parts: Uint8Array[] = []
    let capacity = OUTPUT_BYTES
    let out = memory.chunk(capacity + SLACK)
    for (;;) {
      put(0, out)
      put(4, out + capacity)
      const full = memory.kernels.text_encode(block) !== 0
      const view = memory.view()
      parts.push(memory.u8(out, view.getUint32(block, true) - out).slice())
      if (!full) break
      const needed = view.getUint32(block + 56, true)
      if (needed > capacity) {
        capacity = needed
        out = memory.chunk(capacity + SLACK)
      }
    }
    memory.release(mark)
    return joined(parts)
  }

  /** A column of texts for values that JavaScript writes. */
  #render(column: Column, rows: number): Column {
    const { type } = column
    if (type.is === 'double' || type.is === 'real') return this.#renderNumbers(column, rows)
    const memory = this.#memory
    const data: Pointer = memory.chunkZeroed(rows * 16)
    const encoder = new TextEncoder()
    for (let row = 0; row < rows; row++) {
      const value = readValue(memory, column, row)
      if (value !== null) writeBytes(memory, data + row * 16, encoder.encode(this.#style.render(type, value)))
    }
    return { type, data, validity: column.validity }
  }

  /** Floating point: its texts are short and ASCII, so they are put together outside of the memory. */
  #renderNumbers(column: Column, rows: number): Column {
    const memory = this.#memory
    const { type } = column
    const numbers = type.is === 'double' ? memory.f64(column.data, rows) : memory.f32(column.data, rows)
    const values = Array.from(numbers)
    const long = memory.chunk(rows * NUMBER_BYTES)
    const texts = new Uint8Array(rows * NUMBER_BYTES)
    const views = new Uint8Array(rows * 16)
    const words = new DataView(views.buffer)
    let used = 0
    for (const [row, value] of values.entries()) {
      const text = this.#style.render(type, value)
      const at = row * 16
      const inline = text.length <= 12
      words.setUint32(at, text.length, true)
      if (!inline) words.setUint32(at + 12, long + used, true)
      const into = inline ? views : texts
      const start = inline ? at + 4 : used
      for (let i = 0; i < text.length; i++) into[start + i] = text.charCodeAt(i)
      if (inline) continue
      views.set(texts.subarray(used, used + 4), at + 4)
      used += text.length
    }
    memory.u8(long, used).set(texts.subarray(0, used))
    const data = memory.chunk(views.length)
    memory.u8(data, views.length).set(views)
    return { type, data, validity: column.validity }
  }
}

/** How the kernel writes a type; `raw`: JavaScript does, or it is JSON text already. */
function textKindFor(type: DataType): number {
  switch (type.is) {
    case 'bytes':
    case 'numeric':
    case 'json':
    case 'row':
    case 'array':
    case 'map':
    case 'interval':
    case 'double':
    case 'real':
      return textKinds.raw
    default:
      return textKinds[type.is]
  }
}

function imageOf(schema: Schema, style: EncodeStyle): Uint8Array {
  const encoder = new TextEncoder()
  const texts: Uint8Array[] = []
  let end = HEADER_BYTES + schema.length * COLUMN_BYTES
  const image = new DataView(new ArrayBuffer(end))
  const put = (at: number, value: number) => image.setUint32(at, value, true)
  const putText = (at: number, text: string): number => {
    const bytes = encoder.encode(text)
    put(at, end)
    put(at + 4, bytes.length)
    texts.push(bytes)
    end += bytes.length
    return bytes.length
  }
  put(16, HEADER_BYTES)
  put(20, schema.length)
  put(24, style.csv ? 1 : 0)
  put(28, (style.isoTimestamps ? 1 : 0) | (style.omitNulls ? 2 : 0))
  put(32, style.delimiter)
  put(36, style.quote)
  const nullLength = putText(40, style.nullText)
  let fixed = Math.max(
    putText(64, style.open) + putText(72, style.close),
    putText(80, style.openRetraction) + putText(88, style.closeRetraction),
  )
  for (const [index, field] of schema.entries()) {
    const at = HEADER_BYTES + index * COLUMN_BYTES
    const { type } = field
    put(at + 8, textKindFor(type))
    fixed += putText(at + 12, style.prefix(field.name)) + VALUE_BYTES + nullLength
    put(at + 24, type.is === 'decimal' ? type.scale : 0)
    put(at + 28, type.is === 'timestamp' && type.zoned ? 1 : 0)
  }
  put(60, fixed)
  return joined([new Uint8Array(image.buffer), ...texts])
}
