import type { DataType } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { dateOf, decimalOf, type TimestampRules, timeOf, timestampOf } from './scalar-text.ts'

/** JSON as a tree whose numbers keep their text. Objects keep members in order, the last of equal keys wins. */
export type JsonTree =
  | null
  | boolean
  | string
  | { readonly number: string }
  | readonly JsonTree[]
  | ReadonlyMap<string, JsonTree>

/** Thrown where a JSON value does not fit a type. */
export class MisfitError extends Error {}

/** Parses JSON text. Throws MisfitError where it is none. */
export function parseJson(text: string): JsonTree {
  let at = 0
  const fail = (): never => {
    throw new MisfitError(`malformed JSON at character ${at}`)
  }
  const blanks = () => {
    while (/[ \t\r\n]/.test(text.charAt(at))) at++
  }
  const string = (): string => {
    const match = /"(?:[^"\\\p{Cc}]|[\u007f-\u009f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy
    match.lastIndex = at
    const found = match.exec(text)?.[0] ?? fail()
    at += found.length
    const parsed: unknown = JSON.parse(found)
    return typeof parsed === 'string' && parsed.isWellFormed() ? parsed : fail()
  }
  const value = (depth: number): JsonTree => {
    if (depth > 1000) fail()
    blanks()
    const c = text.charAt(at)
    if (c === '"') return string()
    if (c === '{') {
      const object = new Map<string, JsonTree>()
      at++
      blanks()
      if (text.charAt(at) === '}') {
        at++
        return object
      }
      for (;;) {
        blanks()
        const key = string()
        blanks()
        if (text.charAt(at++) !== ':') fail()
        object.set(key, value(depth + 1))
        blanks()
        const next = text.charAt(at++)
        if (next === '}') return object
        if (next !== ',') fail()
      }
    }
    if (c === '[') {
      const items: JsonTree[] = []
      at++
      blanks()
      if (text.charAt(at) === ']') {
        at++
        return items
      }
      for (;;) {
        items.push(value(depth + 1))
        blanks()
        const next = text.charAt(at++)
        if (next === ']') return items
        if (next !== ',') fail()
      }
    }
    const word = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
    word.lastIndex = at
    const found = word.exec(text)?.[0] ?? fail()
    at += found.length
    return found === 'true' ? true : found === 'false' ? false : found === 'null' ? null : { number: found }
  }
  const tree = value(0)
  blanks()
  if (at < text.length) fail()
  return tree
}

/**
 * Canonical text, the same that JSON functions and casts make: members sorted by key, `: ` and `, ` between parts,
 * numbers as they were written.
 */
export function canonicalJson(tree: JsonTree): string {
  if (tree === null || typeof tree === 'boolean') return String(tree)
  if (typeof tree === 'string') return JSON.stringify(tree)
  if ('number' in tree) return tree.number
  if (isArray(tree)) return `[${tree.map(canonicalJson).join(', ')}]`
  const keys = [...tree.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${keys.map(key => `${JSON.stringify(key)}: ${canonicalJson(tree.get(key) ?? null)}`).join(', ')}}`
}

/** A JSON value as a value of `type`, by the rules of the decode kernel. Throws MisfitError. */
export function valueOfJson(tree: JsonTree, type: DataType, rules: TimestampRules): Value {
  if (tree === null) return null
  if (type.is === 'json') return canonicalJson(tree)
  if (typeof tree === 'boolean') return type.is === 'boolean' ? tree : misfit(type)
  if (typeof tree === 'string') return valueOfString(tree, type, rules)
  if ('number' in tree) return valueOfNumber(tree.number, type, rules)
  if (isArray(tree)) {
    if (type.is !== 'array') return misfit(type)
    return tree.map(item => valueOfJson(item, type.element, rules))
  }
  if (type.is === 'map') {
    return [...tree].map(([key, item]) => [keyOf(key, type.key, rules), valueOfJson(item, type.value, rules)])
  }
  if (type.is !== 'row') return misfit(type)
  return type.fields.map(each => {
    const value = valueOfJson(tree.get(each.name) ?? null, each.type, rules)
    if (value === null && !each.nullable) throw new MisfitError(`field "${each.name}" is NULL or missing, but NOT NULL`)
    return value
  })
}

function keyOf(key: string, type: DataType, rules: TimestampRules): Value {
  return type.is === 'string' ||
    !/^-?[0-9]/.test(key) ||
    type.is === 'timestamp' ||
    type.is === 'date' ||
    type.is === 'time'
    ? valueOfString(key, type, rules)
    : valueOfNumber(key, type, rules)
}

function valueOfString(text: string, type: DataType, rules: TimestampRules): Value {
  switch (type.is) {
    case 'string':
      return text
    case 'bytes':
      return bytesOf(text) ?? misfit(type)
    case 'date':
      return dateOf(text) ?? misfit(type)
    case 'time':
      return timeOf(text, type.precision) ?? misfit(type)
    case 'timestamp':
      return timestampOf(text, type.precision, rules) ?? misfit(type)
    case 'decimal':
      return /^-?[0-9]/.test(text) ? valueOfNumber(text, type, rules) : misfit(type)
    case 'double':
    case 'real':
      return /^(NaN|-?Infinity)$/.test(text) ? Number(text) : misfit(type)
    default:
      return misfit(type)
  }
}

const integerLimits = { tinyint: 7n, smallint: 15n, int: 31n, bigint: 63n } as const

function valueOfNumber(text: string, type: DataType, rules: TimestampRules): Value {
  switch (type.is) {
    case 'double':
    case 'real': {
      const number = type.is === 'real' ? Math.fround(Number(text)) : Number(text)
      return Number.isFinite(number) ? number : misfit(type)
    }
    case 'decimal':
      return decimalOf(text, type.precision, type.scale) ?? misfit(type)
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint': {
      const scaled = decimalOf(text, 38, 19)
      if (scaled === undefined || scaled % 10n ** 19n !== 0n) return misfit(type)
      const integer = scaled / 10n ** 19n
      const limit = 1n << integerLimits[type.is]
      if (integer >= limit || integer < -limit) return misfit(type)
      return type.is === 'bigint' ? integer : Number(integer)
    }
    case 'timestamp':
      return rules.epoch(text, type.precision) ?? misfit(type)
    default:
      return misfit(type)
  }
}

function bytesOf(base64: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64) || base64.length % 4 !== 0) return undefined
  const characters = atob(base64)
  return Uint8Array.from(characters, character => character.charCodeAt(0))
}

function isArray(tree: readonly JsonTree[] | ReadonlyMap<string, JsonTree>): tree is readonly JsonTree[] {
  return Array.isArray(tree)
}

function misfit(type: DataType): never {
  throw new MisfitError(`value does not fit ${type.is.toUpperCase()}`)
}
