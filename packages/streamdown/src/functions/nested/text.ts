import type { DataType } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'

type Read = (text: string, type: DataType) => Value

/** PostgreSQL's array and row texts, `{1,NULL,"a b"}` and `(1,"a b",)`, and maps `{a:1}`; undefined: not such a text. */
export function parseNested(text: string, type: DataType, read: Read): Value | undefined {
  const reader = new NestedReader(text.trim(), read)
  const value = reader.value(type)
  return reader.atEnd ? value : undefined
}

class NestedReader {
  readonly #text: string
  readonly #read: Read
  #at = 0

  constructor(text: string, read: Read) {
    this.#text = text
    this.#read = read
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length
  }

  value(type: DataType): Value | undefined {
    switch (type.is) {
      case 'array':
        return this.#list('{', '}', () => this.#item(type.element, '}', 'NULL'))
      case 'map':
        return this.#list('{', '}', () => {
          const key = this.#item(type.key, ':', 'NULL')
          if (key === undefined || !this.#accept(':')) return undefined
          const value = this.#item(type.value, '}', 'NULL')
          return value === undefined ? undefined : [key, value]
        })
      case 'row': {
        let index = 0
        return this.#list('(', ')', () => {
          const field = type.fields[index++]
          return field === undefined ? undefined : this.#item(field.type, ')', '')
        })
      }
      default:
        return undefined
    }
  }

  #list(open: string, close: string, item: () => Value | undefined): Value | undefined {
    if (!this.#accept(open)) return undefined
    const values: Value[] = []
    if (open === '{' && this.#accept(close)) return values
    do {
      const value = item()
      if (value === undefined) return undefined
      values.push(value)
    } while (this.#accept(','))
    return this.#accept(close) ? values : undefined
  }

  #item(type: DataType, close: string, nothing: string): Value | undefined {
    this.#blanks()
    const nested = type.is === 'array' || type.is === 'map' || type.is === 'row'
    const next = this.#text[this.#at]
    if (nested && (next === '{' || next === '(')) return this.value(type)
    if (next === '"') {
      const text = this.#quoted()
      return text === undefined ? undefined : this.#scalar(text, type)
    }
    const start = this.#at
    while (!this.atEnd && this.#text[this.#at] !== ',' && this.#text[this.#at] !== close) this.#at++
    const word = this.#text.slice(start, this.#at).trim()
    return word.toUpperCase() === nothing ? null : this.#scalar(word, type)
  }

  #scalar(text: string, type: DataType): Value | undefined {
    if (type.is === 'array' || type.is === 'map' || type.is === 'row') return parseNested(text, type, this.#read)
    return this.#read(text, type)
  }

  #quoted(): string | undefined {
    let text = ''
    this.#at++
    while (!this.atEnd) {
      const character = this.#text[this.#at++] ?? ''
      if (character === '\\') text += this.#text[this.#at++] ?? ''
      else if (character !== '"') text += character
      else if (this.#text[this.#at] === '"') {
        text += '"'
        this.#at++
      } else {
        this.#blanks()
        return text
      }
    }
    return undefined
  }

  #accept(character: string): boolean {
    this.#blanks()
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #blanks(): void {
    while (this.#text[this.#at] === ' ') this.#at++
  }
}
