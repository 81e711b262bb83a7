/** Bytes that are kept somewhere, read in pieces: they may be more than memory has. */
export interface StoredBytes {
  readonly length: number
  /** A copy of so many bytes from `at` on. @throws RangeError when there are fewer. */
  read(at: number, length: number): Uint8Array
  close(): void
}

/** Those that are in memory. */
export const storedIn = (bytes: Uint8Array): StoredBytes => ({
  length: bytes.length,
  read: (at, length) => {
    if (at + length > bytes.length) throw endsEarly(bytes.length)
    return bytes.slice(at, at + length)
  },
  close: () => undefined,
})

export const endsEarly = (length: number): RangeError => new RangeError(`it ends too early, after ${length} bytes`)
