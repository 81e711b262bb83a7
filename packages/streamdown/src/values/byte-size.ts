const unitBytes: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['b', 1],
  ['bytes', 1],
  ['k', 2 ** 10],
  ['kb', 2 ** 10],
  ['kibibytes', 2 ** 10],
  ['m', 2 ** 20],
  ['mb', 2 ** 20],
  ['mebibytes', 2 ** 20],
  ['g', 2 ** 30],
  ['gb', 2 ** 30],
  ['gibibytes', 2 ** 30],
])

/** Bytes of a size as Flink writes them: `65536`, `64 kb`, `16mb` (of 1024); undefined for anything else. */
export function parseByteSize(text: string): number | undefined {
  const match = /^\s*(\d{1,12})\s*([a-z]*)\s*$/i.exec(text)
  const unit = unitBytes.get((match?.[2] ?? '').toLowerCase())
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit
}

/** A size for people: `4.0 GB`, `12.5 MB`, `640 KB`. */
export function byteSizeText(bytes: number): string {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(1)} GB`
  return bytes >= 2 ** 20 ? `${(bytes / 2 ** 20).toFixed(1)} MB` : `${Math.ceil(bytes / 2 ** 10)} KB`
}
