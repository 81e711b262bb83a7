const QUOTE = 0x22
const BACKSLASH = 0x5c
const NEWLINE = 0x0a
const RETURN = 0x0d
const BLANK = 0x20
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * A request body as NDJSON. NDJSON passes as it is; of JSON the elements of an outer array become a line each, and line
 * breaks between tokens blanks (inside of strings they are not allowed, and the decoder will say so).
 */
export function toLines(body: Buffer, contentType: string): { readonly lines: Buffer; readonly records: number } {
  if (/ndjson|jsonl|x-json-stream/i.test(contentType)) return { lines: body, records: countLines(body) }
  let first = 0
  while (first < body.length && isBlank(body[first] ?? 0)) first += 1
  if (first === body.length) return { lines: Buffer.alloc(0), records: 0 }
  const inArray = body[first] === OPEN_ARRAY
  if (!inArray && manyObjects(body)) return { lines: body, records: countLines(body) }
  const out = Buffer.from(body)
  let depth = 0
  let inString = false
  let records = 1
  let empty = true
  for (let at = first; at < out.length; at++) {
    const byte = out[at] ?? 0
    if (inString) {
      if (byte === BACKSLASH) at += 1
      else if (byte === QUOTE) inString = false
      continue
    }
    if (byte === QUOTE) inString = true
    else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      depth += 1
      if (inArray && depth === 1) out[at] = BLANK
      else empty = false
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      depth -= 1
      if (inArray && depth === 0) out[at] = BLANK
    } else if (byte === NEWLINE || byte === RETURN) out[at] = BLANK
    else if (byte === COMMA && inArray && depth === 1) {
      out[at] = NEWLINE
      records += 1
    }
    if (!isBlank(byte) && byte !== OPEN_ARRAY && byte !== CLOSE_ARRAY) empty = false
  }
  return empty && inArray ? { lines: Buffer.alloc(0), records: 0 } : { lines: out, records }
}

/** A closing brace, a line break and an opening brace: NDJSON that was sent under another name. */
const manyObjects = (body: Buffer): boolean => /\}[ \t]*\r?\n\s*\{/.test(body.toString('latin1')) && isLineWise(body)

/** Each line is a whole object by its first and last character. */
function isLineWise(body: Buffer): boolean {
  const lines = body.toString('latin1').split('\n')
  return lines.every(line => line.trim() === '' || (line.trim().startsWith('{') && line.trim().endsWith('}')))
}

const isBlank = (byte: number): boolean => byte === BLANK || byte === NEWLINE || byte === RETURN || byte === 0x09

function countLines(body: Buffer): number {
  return body
    .toString('latin1')
    .split('\n')
    .filter(line => line.trim() !== '').length
}
