/** A piece of a Zstandard file; `last`: its frame ends here. */
export interface FramePiece {
  readonly bytes: Uint8Array
  readonly last: boolean
}

const MAGIC = 0xfd2fb528
const SKIPPABLE = 0x184d2a50
const dictionaryBytes = [0, 1, 2, 4]
const contentSizeBytes = [0, 2, 4, 8]

/**
 * Cuts a Zstandard file into its frames by their headers (RFC 8878), and fails where it breaks off inside of one:
 * Node's decompressor ends silently there, and ends with the first of several frames.
 */
export async function* framePieces(file: AsyncIterable<Uint8Array>): AsyncGenerator<FramePiece> {
  const frames = new Frames()
  for await (const chunk of file) yield* frames.take(chunk)
  if (!frames.between) throw new Error('unexpected end of file')
}

type Place = 'magic' | 'skippable' | 'descriptor' | 'block' | 'end'

class Frames {
  #place: Place = 'magic'
  /** Bytes of a field that may lie in two chunks. */
  #field: number[] = []
  /** Bytes of a part that is passed over. */
  #left = 0
  #checksum = false

  /** At the boundary between two frames. */
  get between(): boolean {
    return this.#place === 'magic' && this.#field.length === 0
  }

  *take(chunk: Uint8Array): Generator<FramePiece> {
    let start = 0
    let at = 0
    while (at < chunk.length) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, chunk.length - at)
        this.#left -= step
        at += step
      } else {
        this.#field.push(chunk[at] ?? 0)
        at++
        this.#advance()
      }
      if (this.#left === 0 && this.#place === 'end') {
        this.#place = 'magic'
        yield { bytes: chunk.subarray(start, at), last: true }
        start = at
      }
    }
    if (start < chunk.length) yield { bytes: chunk.subarray(start), last: false }
  }

  #advance(): void {
    const [a = 0, b = 0, c = 0, d = 0] = this.#field
    const number = (a | (b << 8) | (c << 16) | (d << 24)) >>> 0
    switch (this.#place) {
      case 'magic':
        if (this.#field.length < 4) return
        if (number === MAGIC) this.#move('descriptor')
        else if ((number & 0xfffffff0) >>> 0 === SKIPPABLE) this.#move('skippable')
        else throw new Error('no Zstandard frame')
        return
      case 'skippable':
        if (this.#field.length < 4) return
        this.#move('end', number)
        return
      case 'descriptor': {
        const single = (a & 32) !== 0
        this.#checksum = (a & 4) !== 0
        const size = contentSizeBytes[a >> 6] || (single ? 1 : 0)
        this.#move('block', (single ? 0 : 1) + (dictionaryBytes[a & 3] ?? 0) + size)
        return
      }
      case 'block': {
        if (this.#field.length < 3) return
        const kind = (a >> 1) & 3
        if (kind === 3) throw new Error('a Zstandard block of unknown kind')
        const last = (a & 1) !== 0
        const size = kind === 1 ? 1 : number >> 3
        this.#move(last ? 'end' : 'block', size + (last && this.#checksum ? 4 : 0))
        return
      }
      default:
    }
  }

  #move(place: Place, left = 0): void {
    this.#place = place
    this.#left = left
    this.#field = []
  }
}
