const QUOTE = 0x22
const BACKSLASH = 0x5c
const NEWLINE = 0x0a
const RETURN = 0x0d
const BLANK = 0x20
const TAB = 0x09
/** A control character that JSON does not allow in strings either: takes the place of line breaks there. */
const VERTICAL_TAB = 0x0b
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** A request's body as lines, each with its line break; or why its records cannot be told apart. */
export type Lines =
  | { readonly is: 'lines'; readonly bytes: Uint8Array; readonly records: number }
  | { readonly is: 'problem'; readonly problem: string }

/**
 * A request body as NDJSON. NDJSON passes as it is, whatever it is called; of a JSON array the elements become a line
 * each; of other JSON the values, with blanks for the line breaks inside. Whether a record is well formed is up to the
 * decoder: only an array whose brackets or quotes do not close is refused, since its elements cannot be told apart.
 */
export function jsonLines(body: Uint8Array, contentType: string): Lines {
  const first = body.findIndex(byte => !isBlank(byte))
  if (first < 0) return linesOf(new Uint8Array(0))
  if (/ndjson|jsonl|x-json-stream/i.test(contentType)) return linesOf(body)
  const inArray = body[first] === OPEN_ARRAY
  if (!inArray && everyLineIsAnObject(body)) return linesOf(body)
  const lines = split(body, inArray)
  if (lines !== undefined) return linesOf(lines)
  if (!inArray) return linesOf(body)
  return { is: 'problem', problem: 'the array is not closed; send a line a record to have them taken one by one' }
}

/** Lines as they are, the last one closed. */
export function linesOf(body: Uint8Array): Lines {
  let records = 0
  let blank = true
  for (const byte of body) {
    if (byte === NEWLINE) {
      if (!blank) records += 1
      blank = true
    } else if (!isBlank(byte)) blank = false
  }
  if (!blank) records += 1
  if (body.length === 0 || body[body.length - 1] === NEWLINE) return { is: 'lines', bytes: body, records }
  const closed = new Uint8Array(body.length + 1)
  closed.set(body)
  closed[body.length] = NEWLINE
  return { is: 'lines', bytes: closed, records }
}

/** The values of a body a line each; undefined where brackets or quotes do not close. */
function split(body: Uint8Array, inArray: boolean): Uint8Array | undefined {
  // A copy: slice() of a Buffer would be none.
  const out = new Uint8Array(body)
  const outside = inArray ? 1 : 0
  let depth = 0
  let inString = false
  for (let at = 0; at < out.length; at++) {
    const byte = out[at]
    if (inString) {
      if (byte === BACKSLASH && out[at + 1] !== NEWLINE) at += 1
      else if (byte === QUOTE) inString = false
      else if (byte === NEWLINE || byte === RETURN) out[at] = VERTICAL_TAB
      continue
    }
    switch (byte) {
      case QUOTE:
        inString = true
        break
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (inArray && depth === 0 && byte === OPEN_ARRAY) out[at] = BLANK
        depth += 1
        break
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth -= 1
        if (depth < 0) return undefined
        if (inArray && depth === 0) out[at] = NEWLINE
        break
      case COMMA:
        if (inArray && depth === outside) out[at] = NEWLINE
        break
      case NEWLINE:
      case RETURN:
        if (depth > 0) out[at] = BLANK
        break
    }
  }
  return depth === 0 && !inString ? out : undefined
}

/** Each line that is not blank starts and ends as an object does. */
function everyLineIsAnObject(body: Uint8Array): boolean {
  for (let from = 0; from < body.length; ) {
    const newline = body.indexOf(NEWLINE, from)
    const next = newline < 0 ? body.length : newline + 1
    let start = from
    let end = newline < 0 ? body.length : newline
    while (start < end && isBlank(body[start] ?? 0)) start += 1
    while (end > start && isBlank(body[end - 1] ?? 0)) end -= 1
    if (start < end && (body[start] !== OPEN_OBJECT || body[end - 1] !== CLOSE_OBJECT)) return false
    from = next
  }
  return true
}

const isBlank = (byte: number): boolean => byte === BLANK || byte === NEWLINE || byte === RETURN || byte === TAB
