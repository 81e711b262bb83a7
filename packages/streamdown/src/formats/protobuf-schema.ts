import { StreamdownError } from '../errors/error.ts'

const scalars = [
  'double',
  'float',
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'fixed32',
  'fixed64',
  'sfixed32',
  'sfixed64',
  'bool',
  'string',
  'bytes',
] as const

export type ProtoScalar = (typeof scalars)[number]

export type ProtoType =
  | { readonly is: ProtoScalar }
  | { readonly is: 'enum'; readonly names: ReadonlyMap<number, string> }
  | { readonly is: 'message'; readonly message: ProtoMessage }
  /** google.protobuf.Timestamp. */
  | { readonly is: 'timestamp' }

export interface ProtoField {
  readonly name: string
  readonly number: number
  readonly type: ProtoType
  readonly repeated: boolean
  /** Entries of a map: messages with a key (1) and a value (2). */
  readonly map: boolean
  /** Without a value on the wire it has the default of its type, as proto3 says of fields that are not `optional`. */
  readonly implicit: boolean
}

export interface ProtoMessage {
  readonly name: string
  /** Filled when all types of the file are known: messages may hold themselves. */
  readonly fields: ProtoField[]
}

interface Draft {
  readonly name: string
  readonly number: number
  readonly type: string
  readonly scope: string
  readonly repeated: boolean
  readonly optional: boolean
  readonly map: boolean
}

/** The message of a .proto text. Throws DSD3002 where the text is none, or has no such message. */
export function protoMessage(text: string, name: string | undefined): ProtoMessage {
  return new ProtoParser(text).message(name)
}

const tokenPattern = /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\w.]+|[^\s\w])/gy

class ProtoParser {
  readonly #tokens: readonly string[]
  #at = 0
  #proto3 = false
  #package = ''
  readonly #messages = new Map<string, ProtoMessage>()
  readonly #enums = new Map<string, Map<number, string>>()
  readonly #drafts: { readonly message: ProtoMessage; readonly fields: readonly Draft[] }[] = []
  readonly #top: string[] = []

  constructor(text: string) {
    this.#tokens = [...text.matchAll(tokenPattern)].flatMap(([, token]) => (token === undefined ? [] : [token]))
    while (this.#at < this.#tokens.length) this.#statement('')
    for (const { message, fields } of this.#drafts) message.fields.push(...fields.map(each => this.#field(each)))
  }

  message(name: string | undefined): ProtoMessage {
    const [only, ...more] = this.#top
    const wanted = name ?? (more.length === 0 ? only : undefined)
    if (wanted === undefined) this.#refuse(`has several messages (${this.#top.join(', ')}); name one`)
    const found =
      this.#messages.get(wanted) ??
      (this.#package === '' ? undefined : this.#messages.get(`${this.#package}.${wanted}`))
    return found ?? this.#refuse(`has no message ${wanted}; it has ${[...this.#messages.keys()].join(', ')}`)
  }

  #statement(scope: string): void {
    const word = this.#take()
    switch (word) {
      case ';':
        return
      case 'syntax':
        this.#expect('=')
        this.#proto3 = unquoted(this.#take()) === 'proto3'
        this.#expect(';')
        return
      case 'package':
        this.#package = this.#take()
        this.#expect(';')
        return
      case 'message':
        this.#message(scope)
        return
      case 'enum':
        this.#enum(scope)
        return
      case 'import':
      case 'option':
        while (this.#take() !== ';') {
          // Says nothing about bytes.
        }
        return
      case 'service':
      case 'extend':
        this.#take()
        this.#block()
        return
      default:
        this.#refuse(`is not understood at '${word}'`)
    }
  }

  #message(scope: string): void {
    const name = this.#take()
    const outer = scope === '' ? this.#package : scope
    const full = outer === '' ? name : `${outer}.${name}`
    const message: ProtoMessage = { name: full, fields: [] }
    const fields: Draft[] = []
    this.#messages.set(full, message)
    if (scope === '') this.#top.push(full)
    this.#drafts.push({ message, fields })
    this.#expect('{')
    while (!this.#accept('}')) this.#member(full, fields)
  }

  #member(scope: string, fields: Draft[]): void {
    const word = this.#tokens[this.#at] ?? ''
    const next = this.#tokens[this.#at + 1] ?? ''
    const opens = this.#tokens[this.#at + 2] === '{'
    if (((word === 'message' || word === 'enum') && opens) || word === ';' || (word === 'option' && next !== '=')) {
      this.#statement(scope)
      return
    }
    if (word === 'extend' || word === 'reserved' || word === 'extensions') {
      if (word === 'extend') this.#statement(scope)
      else while (this.#take() !== ';');
      return
    }
    if (word === 'oneof' && opens) {
      this.#at += 3
      while (!this.#accept('}')) {
        if (this.#tokens[this.#at] === 'option') this.#statement(scope)
        else fields.push(this.#draft(scope, false, true))
      }
      return
    }
    const label = ['repeated', 'optional', 'required'].find(each => each === word && next !== '=')
    if (label !== undefined) this.#at += 1
    fields.push(this.#draft(scope, label === 'repeated', label === 'optional'))
  }

  #draft(scope: string, repeated: boolean, optional: boolean): Draft {
    let type = this.#take()
    const isMap = type === 'map' && this.#accept('<')
    if (isMap) {
      const key = this.#take()
      this.#expect(',')
      type = `${scope}.${this.#entry(scope, key, this.#take())}`
      this.#expect('>')
    }
    if (type === 'group') this.#refuse('has a group; groups are not read')
    const name = this.#take()
    this.#expect('=')
    const number = Number(this.#take())
    if (!Number.isInteger(number) || number < 1 || number > 536_870_911) this.#refuse(`has no number for ${name}`)
    while (this.#take() !== ';') {
      // Options of the field.
    }
    return { name, number, type, scope, repeated: repeated || isMap, optional, map: isMap }
  }

  /** A map is a list of messages with a key and a value. */
  #entry(scope: string, key: string, value: string): string {
    const name = `$entry${this.#drafts.length}`
    const message: ProtoMessage = { name: `${scope}.${name}`, fields: [] }
    const part = { scope, repeated: false, optional: false, map: false }
    const fields = [
      { ...part, name: 'key', number: 1, type: key },
      { ...part, name: 'value', number: 2, type: value },
    ]
    this.#messages.set(message.name, message)
    this.#drafts.push({ message, fields })
    return name
  }

  #enum(scope: string): void {
    const name = this.#take()
    const outer = scope === '' ? this.#package : scope
    const names = new Map<number, string>()
    this.#enums.set(outer === '' ? name : `${outer}.${name}`, names)
    this.#expect('{')
    while (!this.#accept('}')) {
      const value = this.#take()
      if (value === 'option' || value === 'reserved') while (this.#take() !== ';');
      else if (value !== ';') {
        this.#expect('=')
        const sign = this.#accept('-') ? -1 : 1
        const number = sign * Number(this.#take())
        if (!names.has(number)) names.set(number, value)
        while (this.#take() !== ';');
      }
    }
  }

  #field({ name, number, type, scope, repeated, optional, map }: Draft): ProtoField {
    const found = this.#type(type, scope)
    const scalar = found.is !== 'message' && found.is !== 'timestamp'
    const implicit = scalar && !optional && (this.#proto3 || scope.includes('$entry'))
    return { name, number, type: found, repeated, map, implicit }
  }

  #type(name: string, scope: string): ProtoType {
    const scalar = scalars.find(each => each === name)
    if (scalar !== undefined) return { is: scalar }
    const plain = name.replace(/^\./, '')
    if (plain === 'google.protobuf.Timestamp') return { is: 'timestamp' }
    // From the innermost scope outwards.
    for (let outer = scope; ; outer = outer.includes('.') ? outer.slice(0, outer.lastIndexOf('.')) : '') {
      const full = outer === '' || name.startsWith('.') ? plain : `${outer}.${plain}`
      const message = this.#messages.get(full)
      if (message !== undefined) return { is: 'message', message }
      const names = this.#enums.get(full)
      if (names !== undefined) return { is: 'enum', names }
      if (outer === '') return this.#refuse(`names a type ${name} that is not in it`)
    }
  }

  #block(): void {
    this.#expect('{')
    for (let depth = 1; depth > 0; ) {
      const token = this.#take()
      if (token === '{') depth += 1
      if (token === '}') depth -= 1
    }
  }

  #take(): string {
    return this.#tokens[this.#at++] ?? this.#refuse('ends too early')
  }

  #accept(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false
    this.#at += 1
    return true
  }

  #expect(token: string): void {
    const found = this.#take()
    if (found !== token) this.#refuse(`has '${found}' where '${token}' is expected`)
  }

  #refuse(problem: string): never {
    throw new StreamdownError('DSD3002', `Option 'protobuf.schema': the .proto text ${problem}.`)
  }
}

const unquoted = (token: string): string => token.slice(1, -1)
