import { createMemory, type MemoryOptions } from '../batch/linear-memory.ts'
import type { Memory } from '../batch/memory.ts'
import { rowsOf } from '../batch/values.ts'
import type { Value } from '../types/value.ts'
import type { Decoder } from './format.ts'
import { PADDING } from './format.ts'

export interface AllDecoded {
  readonly rows: readonly (readonly Value[])[]
  readonly dead: readonly { readonly offset: number; readonly text: string; readonly problem: string }[]
}

/** For tests: everything that a decoder makes of these bytes, given in pieces of at most `piece` bytes. */
export function decodeAll(
  input: Uint8Array | string,
  create: (memory: Memory) => Decoder,
  options: { readonly piece?: number; readonly maxRows?: number; readonly memory?: MemoryOptions } = {},
): AllDecoded {
  const bytes = typeof input === 'string' ? new TextEncoder().encode(input) : input
  const memory = createMemory(options.memory ?? {})
  const decoder = create(memory)
  const rows: Value[][] = []
  const dead: { offset: number; text: string; problem: string }[] = []
  let piece = options.piece ?? bytes.length
  for (let from = decoder.start(bytes); from < bytes.length; ) {
    const mark = memory.mark()
    const length = Math.min(piece, bytes.length - from)
    const at = memory.chunk(length + PADDING)
    memory.u8(at, length).set(bytes.subarray(from, from + length))
    memory.u8(at + length, PADDING).fill(0x22)
    const decoded = decoder.decode(at, length, options.maxRows ?? 4096, from + length === bytes.length)
    rows.push(...rowsOf(memory, decoded.batch))
    for (const letter of decoded.lost === undefined ? decoded.dead : [...decoded.dead, decoded.lost]) {
      dead.push({
        offset: from + letter.offset,
        text: new TextDecoder().decode(letter.raw),
        problem: letter.problem,
      })
    }
    memory.release(mark)
    piece = decoded.consumed === 0 ? piece * 2 : (options.piece ?? bytes.length)
    from += decoded.consumed
    if (decoded.lost !== undefined) break
  }
  return { rows, dead }
}
