// The messages that Arrow's IPC format consists of, each a flatbuffer of metadata and a body of buffers, found and
// checked before a library that trusts them decodes them. (Apache Arrow, Columnar Format, "Serialization and
// Interprocess Communication"; format/Message.fbs.)

/** Bytes in front of a message's metadata: 0xffffffff and their length. */
export const PREFIX_BYTES = 8
/** In front of the messages of a file, padded to 8 bytes. */
export const arrowMagic: Uint8Array = new TextEncoder().encode('ARROW1')
export const MAGIC_BYTES = 8

const CONTINUATION = 0xffffffff
/** No metadata and no body is larger. */
const METADATA_BYTES = 64 * 1024 * 1024
const BODY_BYTES = 1024 * 1024 * 1024
const MOST_ROWS = 0x7fffffff
/** Of a dictionary that is packed. */
const MOST_ENTRIES = 1 << 24

/** The input is no Arrow IPC data, or is damaged. */
export class ArrowDamage extends Error {}

/** What a message says of itself; `bytes` is the whole of it. */
export interface ArrowMessage {
  readonly is: 'schema' | 'dictionary' | 'rows'
  /** Rows of a record batch. */
  readonly rows: number
  /** Of a dictionary: which, and whether it goes behind what is there. */
  readonly dictionary: bigint
  readonly isDelta: boolean
}

/** Bytes of metadata that follow the prefix, 0 at the end of the stream. */
export function metadataLength(prefix: Uint8Array): number {
  const view = viewOf(prefix)
  if (view.getUint32(0, true) !== CONTINUATION) throw new ArrowDamage('a message does not start with 0xffffffff')
  const length = view.getInt32(4, true)
  if (length < 0 || length > METADATA_BYTES) throw new ArrowDamage(`a message of ${length} bytes of metadata`)
  return length
}

/** Bytes of the body behind the metadata. */
export function bodyLength(metadata: Uint8Array): number {
  const length = Number(Flat.root(metadata).i64(3))
  if (length < 0 || length > BODY_BYTES) throw new ArrowDamage(`a message with a body of ${length} bytes`)
  return length
}

/** Checks that what a message names lies in it. */
export function readMessage(metadata: Uint8Array, body: number): ArrowMessage {
  const message = Flat.root(metadata)
  const header = message.table(2)
  const nothing = { rows: 0, dictionary: 0n, isDelta: false }
  switch (message.u8(1)) {
    case 1:
      checkSchema(header)
      return { is: 'schema', ...nothing }
    case 2: {
      const batch = header.table(1)
      checkBuffers(batch, body)
      // All of a dictionary is read at once, and an entry takes a bit at least, unless it is packed.
      const most = batch.has(3) ? MOST_ENTRIES : body * 8
      for (const [entries] of batch.pairs(1)) {
        if (entries > most) throw new ArrowDamage(`a dictionary of ${entries} entries in ${body} bytes`)
      }
      return { is: 'dictionary', rows: 0, dictionary: header.i64(0), isDelta: header.u8(2) !== 0 }
    }
    case 3:
      return { is: 'rows', ...nothing, rows: checkBuffers(header, body) }
    default:
      throw new ArrowDamage(`a message of kind ${message.u8(1)}, which is no table's`)
  }
}

/** The rows of a record batch, whose buffers lie in the body. */
function checkBuffers(batch: Flat, body: number): number {
  const rows = Number(batch.i64(0))
  if (rows < 0 || rows > MOST_ROWS) throw new ArrowDamage(`a record batch of ${rows} rows`)
  const buffers = batch.pairs(2)
  for (const count of batch.longs(4)) {
    if (count < 0 || count > buffers.length) throw new ArrowDamage(`${count} buffers of views`)
  }
  for (const [length, nulls] of batch.pairs(1)) {
    if (length < 0 || length > MOST_ROWS || nulls < 0 || nulls > length) {
      throw new ArrowDamage(`a column of ${length} values, ${nulls} of them NULL`)
    }
  }
  for (const [offset, length] of buffers) {
    if (offset < 0 || length < 0 || offset + length > body) {
      throw new ArrowDamage(`a buffer of ${length} bytes at ${offset} of ${body}`)
    }
  }
  return rows
}

/** Fields of a schema, nested ones with them: a message may name one field many times. */
const MOST_FIELDS = 100_000

function checkSchema(schema: Flat): void {
  let fields = 0
  const checkFields = (of: readonly Flat[]): void => {
    for (const field of of) {
      if (++fields > MOST_FIELDS) throw new ArrowDamage(`a schema of more than ${MOST_FIELDS} fields`)
      field.checkBytes(0)
      if (field.u8(2) === UNION) throw new ArrowDamage('a column of a union, which no type here is')
      checkFields(field.tables(5))
      checkTexts(field.tables(6))
    }
  }
  checkFields(schema.tables(1))
  checkTexts(schema.tables(2))
  schema.checkBytes(3, 8)
}

function checkTexts(pairs: readonly Flat[]): void {
  for (const pair of pairs) {
    pair.checkBytes(0)
    pair.checkBytes(1)
  }
}

const UNION = 14

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** A table of a flatbuffer. What it lacks is 0; what lies outside of the bytes throws a RangeError. */
class Flat {
  readonly #view: DataView
  readonly #at: number

  private constructor(view: DataView, at: number) {
    this.#view = view
    this.#at = at
  }

  static root(bytes: Uint8Array): Flat {
    const view = viewOf(bytes)
    return new Flat(view, view.getUint32(0, true))
  }

  has(field: number): boolean {
    return this.#field(field) !== 0
  }

  u8(field: number): number {
    const at = this.#field(field)
    return at === 0 ? 0 : this.#view.getUint8(at)
  }

  i64(field: number): bigint {
    const at = this.#field(field)
    return at === 0 ? 0n : this.#view.getBigInt64(at, true)
  }

  table(field: number): Flat {
    const at = this.#field(field)
    if (at === 0) throw new ArrowDamage('a message lacks a part')
    return new Flat(this.#view, at + this.#view.getUint32(at, true))
  }

  /** A vector of tables. */
  tables(field: number): readonly Flat[] {
    const { start, count } = this.#vector(field, 4)
    return Array.from({ length: count }, (_, index) => {
      const at = start + index * 4
      return new Flat(this.#view, at + this.#view.getUint32(at, true))
    })
  }

  /** A vector of structs of two 64-bit integers. */
  pairs(field: number): readonly (readonly [number, number])[] {
    const { start, count } = this.#vector(field, 16)
    return Array.from({ length: count }, (_, index) => {
      const at = start + index * 16
      return [Number(this.#view.getBigInt64(at, true)), Number(this.#view.getBigInt64(at + 8, true))]
    })
  }

  /** A vector of 64-bit integers. */
  longs(field: number): readonly number[] {
    const { start, count } = this.#vector(field, 8)
    return Array.from({ length: count }, (_, index) => Number(this.#view.getBigInt64(start + index * 8, true)))
  }

  /** Checks that a vector, or a text, lies within the bytes. */
  checkBytes(field: number, width = 1): void {
    this.#vector(field, width)
  }

  #vector(field: number, width: number): { readonly start: number; readonly count: number } {
    const at = this.#field(field)
    if (at === 0) return { start: 0, count: 0 }
    const start = at + this.#view.getUint32(at, true)
    const count = this.#view.getUint32(start, true)
    if (start + 4 + count * width > this.#view.byteLength) throw new ArrowDamage(`a list of ${count} entries`)
    return { start: start + 4, count }
  }

  #field(field: number): number {
    const table = this.#at - this.#view.getInt32(this.#at, true)
    const entry = 4 + field * 2
    if (entry >= this.#view.getUint16(table, true)) return 0
    const offset = this.#view.getUint16(table + entry, true)
    return offset === 0 ? 0 : this.#at + offset
  }
}
