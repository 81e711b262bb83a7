/** A number by its text, so that no digit is lost. */
export class JsonNumber {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A JSON value; objects keep the last of equal keys. */
export type Json = null | boolean | string | JsonNumber | readonly Json[] | ReadonlyMap<string, Json>

const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const blankPattern = /[ \t\n\r]*/y
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON strings must not hold them unescaped
const plainPattern = /[^"\\\u0000-\u001f]*/y
const MAX_DEPTH = 1000

/** Strict JSON; undefined when the text is not. */
export function parseJson(text: string): Json | undefined {
  const parser = new JsonParser(text)
  const value = parser.value(0)
  return value !== undefined && parser.end() ? value : undefined
}

class JsonParser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  end(): boolean {
    this.#blanks()
    return this.#at === this.#text.length
  }

  value(depth: number): Json | undefined {
    this.#blanks()
    const text = this.#text
    switch (text[this.#at]) {
      case '{':
        return depth > MAX_DEPTH ? undefined : this.#object(depth)
      case '[':
        return depth > MAX_DEPTH ? undefined : this.#array(depth)
      case '"':
        return this.#string()
      case 't':
        return this.#word('true', true)
      case 'f':
        return this.#word('false', false)
      case 'n':
        return this.#word('null', null)
      default: {
        numberPattern.lastIndex = this.#at
        const match = numberPattern.exec(text)
        if (match === null) return undefined
        this.#at += match[0].length
        return new JsonNumber(match[0])
      }
    }
  }

  #word<T extends Json>(word: string, value: T): T | undefined {
    if (!this.#text.startsWith(word, this.#at)) return undefined
    this.#at += word.length
    return value
  }

  #array(depth: number): Json | undefined {
    this.#at++
    const items: Json[] = []
    if (this.#accept(']')) return items
    do {
      const item = this.value(depth + 1)
      if (item === undefined) return undefined
      items.push(item)
    } while (this.#accept(','))
    return this.#accept(']') ? items : undefined
  }

  #object(depth: number): Json | undefined {
    this.#at++
    const entries = new Map<string, Json>()
    if (this.#accept('}')) return entries
    do {
      this.#blanks()
      const key = this.#text[this.#at] === '"' ? this.#string() : undefined
      if (key === undefined || !this.#accept(':')) return undefined
      const value = this.value(depth + 1)
      if (value === undefined) return undefined
      entries.set(key, value)
    } while (this.#accept(','))
    return this.#accept('}') ? entries : undefined
  }

  #string(): string | undefined {
    this.#at++
    let result = ''
    for (;;) {
      plainPattern.lastIndex = this.#at
      const plain = plainPattern.exec(this.#text)?.[0] ?? ''
      result += plain
      this.#at += plain.length
      const next = this.#text[this.#at++]
      // A lone surrogate has no UTF-8.
      if (next === '"') return result.isWellFormed() ? result : undefined
      if (next !== '\\') return undefined
      const letter = this.#text[this.#at++] ?? ''
      if (letter === 'u') {
        const hex = this.#text.slice(this.#at, this.#at + 4)
        if (!/^[0-9a-f]{4}$/i.test(hex)) return undefined
        result += String.fromCharCode(Number.parseInt(hex, 16))
        this.#at += 4
      } else {
        const character = escapes[letter]
        if (character === undefined) return undefined
        result += character
      }
    }
  }

  #accept(character: string): boolean {
    this.#blanks()
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #blanks(): void {
    blankPattern.lastIndex = this.#at
    this.#at += blankPattern.exec(this.#text)?.[0].length ?? 0
  }
}

const escapes: Record<string, string> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** Canonical text: keys sorted, `: ` and `, ` between parts. */
export function writeJson(value: Json): string {
  return write(value, ', ', ': ', true)
}

/** Text without blanks, keys in their order: what Flink's JSON functions give. */
export function compactJson(value: Json): string {
  return write(value, ',', ':', false)
}

function write(value: Json, comma: string, colon: string, sorted: boolean): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof JsonNumber) return value.text
  if (isJsonArray(value)) return `[${value.map(item => write(item, comma, colon, sorted)).join(comma)}]`
  const entries = [...value]
  if (sorted) entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}${colon}${write(item, comma, colon, sorted)}`).join(comma)}}`
}

export const isJsonArray = (value: Json | undefined): value is readonly Json[] => Array.isArray(value)
export const isJsonObject = (value: Json | undefined): value is ReadonlyMap<string, Json> => value instanceof Map

/** Equal by value: numbers numerically, objects whatever the order of keys. */
export function jsonEqual(a: Json, b: Json): boolean {
  if (a instanceof JsonNumber && b instanceof JsonNumber) return a.text === b.text || Number(a.text) === Number(b.text)
  if (isJsonArray(a) && isJsonArray(b))
    return a.length === b.length && a.every((item, i) => jsonEqual(item, b[i] ?? null))
  if (isJsonObject(a) && isJsonObject(b)) {
    return a.size === b.size && [...a].every(([key, item]) => b.has(key) && jsonEqual(item, b.get(key) ?? null))
  }
  return a === b
}
