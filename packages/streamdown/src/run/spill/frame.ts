import { createMemoryIn } from '../../batch/linear-memory.ts'
import type { Memory } from '../../batch/memory.ts'
import { StreamdownError } from '../../errors/error.ts'
import type { SpillStore } from './spill-store.ts'

/** Parts of a memory that are smaller stay in JavaScript's: a part each would cost the store more than its bytes. */
const LARGE_BYTES = 4096

/** What is kept of a heap while another one is in the frame. */
interface Image {
  readonly name: string
  small: readonly { readonly at: number; readonly bytes: Uint8Array }[]
  large: readonly { readonly at: number; readonly length: number }[]
  /** The large parts, where the store did not take them. */
  held: readonly Uint8Array[] | undefined
}

/**
 * One linear memory in which several heaps take turns. Each has kernels of its own (their globals are an instance's) and
 * finds its bytes at the same addresses whenever it is in, so nothing that works on a heap knows of this. While it is
 * out its bytes lie in the spill store: all of them but what is free.
 */
export class Frame {
  readonly #memory: WebAssembly.Memory
  readonly #store: SpillStore
  readonly #images = new Map<Memory, Image>()
  #inside: Memory | undefined
  #made = 0
  #failure: StreamdownError | undefined

  /** What lies in the memory is given up. */
  constructor(memory: WebAssembly.Memory, store: SpillStore) {
    this.#memory = memory
    this.#store = store
  }

  /**
   * Why the store did not take the bytes of a heap. They are held in JavaScript's memory instead, so that the step ends
   * whole; it must be the last one.
   */
  get failure(): StreamdownError | undefined {
    return this.#failure
  }

  /** An empty heap, which is in. */
  create(): Memory {
    this.#putAway()
    const memory = createMemoryIn(this.#memory)
    this.#images.set(memory, { name: `heap-${this.#made}`, small: [], large: [], held: undefined })
    this.#made += 1
    this.#inside = memory
    return memory
  }

  /** Brings a heap in; the one that is in goes out. */
  enter(memory: Memory): void {
    if (memory === this.#inside) return
    this.#putAway()
    const image = this.#imageOf(memory)
    for (const { at, bytes } of image.small) memory.u8(at, bytes.length).set(bytes)
    const parts = image.large.map(({ at, length }) => memory.u8(at, length))
    if (image.held === undefined) this.#store.read(image.name, parts)
    else for (const [index, bytes] of image.held.entries()) parts[index]?.set(bytes)
    this.#inside = memory
  }

  /** Nobody uses the heap any more. */
  forget(memory: Memory): void {
    this.#store.remove(this.#imageOf(memory).name)
    this.#images.delete(memory)
    if (this.#inside === memory) this.#inside = undefined
  }

  #putAway(): void {
    const memory = this.#inside
    if (memory === undefined) return
    const image = this.#imageOf(memory)
    const extents = extentsOf(memory)
    image.small = extents
      .filter(({ length }) => length < LARGE_BYTES)
      .map(({ at, length }) => ({ at, bytes: memory.u8(at, length).slice() }))
    image.large = extents.filter(({ length }) => length >= LARGE_BYTES)
    const parts = image.large.map(({ at, length }) => memory.u8(at, length))
    image.held = this.#written(image.name, parts) ? undefined : parts.map(part => part.slice())
    this.#inside = undefined
  }

  #written(name: string, parts: readonly Uint8Array[]): boolean {
    if (this.#failure !== undefined) return false
    try {
      this.#store.write(name, parts)
      return true
    } catch (error) {
      if (!(error instanceof StreamdownError)) throw error
      this.#failure = error
      return false
    }
  }

  #imageOf(memory: Memory): Image {
    const image = this.#images.get(memory)
    if (image === undefined) throw new RangeError('a memory that does not belong to this frame')
    return image
  }
}

function extentsOf(memory: Memory): readonly { readonly at: number; readonly length: number }[] {
  const mark = memory.mark()
  // The list itself may take a new chunk segment: another run, and what it leaves of a free one.
  const room = memory.kernels.heap_extents(0) + 4
  const out = memory.chunk(room * 8)
  const count = memory.kernels.heap_extents(out)
  const list = memory.u32(out, count * 2)
  const extents = Array.from({ length: count }, (_, index) => ({
    at: list[index * 2] ?? 0,
    length: list[index * 2 + 1] ?? 0,
  }))
  memory.release(mark)
  return extents
}
