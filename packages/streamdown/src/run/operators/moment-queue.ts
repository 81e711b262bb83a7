/** Moments without repeats, the earliest first: a binary heap with a set of what is in it. */
export class MomentQueue {
  readonly #heap: bigint[] = []
  readonly #known = new Set<bigint>()

  add(moment: bigint): void {
    if (this.#known.has(moment)) return
    this.#known.add(moment)
    const heap = this.#heap
    let at = heap.length
    heap.push(moment)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (above === undefined || above <= moment) break
      heap[at] = above
      at = parent
    }
    heap[at] = moment
  }

  get size(): number {
    return this.#heap.length
  }

  has(moment: bigint): boolean {
    return this.#known.has(moment)
  }

  first(): bigint | undefined {
    return this.#heap[0]
  }

  removeFirst(): void {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined) return
    this.#known.delete(first)
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      const left = heap[2 * at + 1]
      const right = heap[2 * at + 2]
      if (left === undefined) break
      const [child, value] = right !== undefined && right < left ? [2 * at + 2, right] : [2 * at + 1, left]
      if (value >= last) break
      heap[at] = value
      at = child
    }
    heap[at] = last
  }

  clear(): void {
    this.#heap.length = 0
    this.#known.clear()
  }
}
