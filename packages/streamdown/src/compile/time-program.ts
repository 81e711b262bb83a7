/** Bytes of `fn_format_time`'s program. */
const codes: Readonly<Record<string, number>> = { yyyy: 1, uuuu: 1, MM: 2, dd: 3, HH: 4, mm: 5, ss: 6 }
const COPY = 0
const FRACTION = 7
const SHORTEST_FRACTION = 8

/** The program of a Java pattern; undefined for patterns with other letters. */
export function timeProgram(pattern: string): Uint8Array | undefined {
  const out: number[] = []
  for (const [whole, quoted, letter] of pattern.matchAll(/'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']/gu)) {
    if (letter !== undefined) {
      const code = codes[whole]
      if (code !== undefined) out.push(code)
      else if (letter === 'S' && whole.length <= 6) out.push(FRACTION, whole.length)
      else return undefined
      continue
    }
    const text = quoted === undefined ? whole : quoted === '' ? "'" : quoted.replaceAll("''", "'")
    const bytes = new TextEncoder().encode(text)
    out.push(COPY, bytes.length, ...bytes)
  }
  return out.length <= 200 ? Uint8Array.from(out) : undefined
}

/** The program of a timestamp's SQL text with a number of fraction digits, or as many as are not zeros at its end. */
export function timestampProgram(fraction: number | 'shortest'): Uint8Array {
  const seconds = timeProgram('yyyy-MM-dd HH:mm:ss') ?? new Uint8Array(0)
  if (fraction === 0) return seconds
  const tail = fraction === 'shortest' ? [SHORTEST_FRACTION] : [COPY, 1, 0x2e, FRACTION, fraction]
  return Uint8Array.from([...seconds, ...tail])
}
