import type { Pointer } from './batch.ts'
import type { Memory } from './memory.ts'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()
const INLINE_BYTES = 12
const SHORT_BYTES = 32

/** Address and length of the bytes of the view at `at`. */
export function viewAt(memory: Memory, at: Pointer): { readonly data: Pointer; readonly length: number } {
  const view = memory.view()
  const length = view.getUint32(at, true)
  return { length, data: length <= INLINE_BYTES ? at + 4 : view.getUint32(at + 12, true) }
}

/** A copy of the bytes of the view at `at`. */
export function readBytes(memory: Memory, at: Pointer): Uint8Array {
  const { data, length } = viewAt(memory, at)
  return memory.u8(data, length).slice()
}

export function readString(memory: Memory, at: Pointer): string {
  const { data, length } = viewAt(memory, at)
  return textAt(memory, data, length)
}

/** UTF-8 text; invalid bytes become U+FFFD. */
export function textAt(memory: Memory, data: Pointer, length: number): string {
  if (length <= SHORT_BYTES) {
    const view = memory.view()
    let text = ''
    let i = 0
    for (; i < length; i++) {
      const byte = view.getUint8(data + i)
      if (byte >= 0x80) break
      text += String.fromCharCode(byte)
    }
    if (i === length) return text
  }
  return decoder.decode(memory.u8(data, length))
}

/** Writes a view at `at`; bytes that do not fit into it are copied to chunk memory. */
export function writeBytes(memory: Memory, at: Pointer, bytes: Uint8Array): void {
  if (bytes.length <= INLINE_BYTES) {
    const view = memory.view()
    view.setUint32(at, bytes.length, true)
    for (let i = 0; i < INLINE_BYTES; i++) view.setUint8(at + 4 + i, bytes[i] ?? 0)
    return
  }
  const data = memory.chunk(bytes.length)
  memory.u8(data, bytes.length).set(bytes)
  writeView(memory, at, data, bytes.length)
}

export function writeString(memory: Memory, at: Pointer, text: string): void {
  if (text.length <= INLINE_BYTES && isAscii(text)) {
    const view = memory.view()
    view.setUint32(at, text.length, true)
    for (let i = 0; i < INLINE_BYTES; i++) view.setUint8(at + 4 + i, i < text.length ? text.charCodeAt(i) : 0)
    return
  }
  writeBytes(memory, at, encoder.encode(text))
}

/** Writes a view of bytes that lie in the memory already; long ones are referred to, not copied. */
export function writeView(memory: Memory, at: Pointer, data: Pointer, length: number): void {
  const view = memory.view()
  view.setUint32(at, length, true)
  if (length <= INLINE_BYTES) {
    for (let i = 0; i < INLINE_BYTES; i++) view.setUint8(at + 4 + i, i < length ? view.getUint8(data + i) : 0)
    return
  }
  view.setUint32(at + 4, view.getUint32(data, true), true)
  view.setUint32(at + 8, 0, true)
  view.setUint32(at + 12, data, true)
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false
  return true
}
