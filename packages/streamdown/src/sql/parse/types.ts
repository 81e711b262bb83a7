/** Type names: `DECIMAL(10, 2)`, `TIMESTAMP(3) WITH LOCAL TIME ZONE`, `ROW<a INT NOT NULL>`, `MAP<K, V>`, `T[]`. */

import type { Name, RowTypeField, TypeName } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { timeUnit } from './intervals.ts'
import { identifier, isName, name, text } from './names.ts'

/** A type without NULL or NOT NULL after it (in a column definition those are constraints of the column). */
export function typeName(c: Cursor): TypeName {
  return c.nested(() => withSuffixes(c, baseType(c)))
}

/** A type with an optional NULL or NOT NULL, as within ROW, ARRAY and MAP. */
export function nullableTypeName(c: Cursor): TypeName {
  const start = c.start
  let type = typeName(c)
  for (;;) {
    const nullable = c.accept('NOT', 'NULL') ? false : c.accept('NULL') ? true : undefined
    if (nullable === undefined) return type
    type = withSuffixes(c, { ...type, nullable, at: c.since(start) })
  }
}

function withSuffixes(c: Cursor, base: TypeName): TypeName {
  let type = base
  const { start } = base.at
  for (;;) {
    if (c.accept('MULTISET')) {
      type = { is: 'multisetType', element: type, nullable: undefined, at: c.since(start) }
      continue
    }
    const isArray = c.accept('ARRAY')
    if (!c.is('[')) {
      if (!isArray) return type
      type = { is: 'arrayType', element: type, nullable: undefined, at: c.since(start) }
      continue
    }
    c.take()
    if (c.token.kind === 'number') c.take()
    c.expect(']')
    type = { is: 'arrayType', element: type, nullable: undefined, at: c.since(start) }
  }
}

function baseType(c: Cursor): TypeName {
  const start = c.start
  if (c.isOneOf('ARRAY', 'LIST') && c.isAt(1, '<')) {
    c.take()
    const element = angled(c, () => nullableTypeName(c))
    return { is: 'arrayType', element, nullable: undefined, at: c.since(start) }
  }
  if (c.is('MULTISET', '<')) {
    c.take()
    const element = angled(c, () => nullableTypeName(c))
    return { is: 'multisetType', element, nullable: undefined, at: c.since(start) }
  }
  if (c.is('MAP') && c.isAt(1, '<', '(')) {
    c.take()
    const [key, value] = bracketed(c, () => {
      const keyType = nullableTypeName(c)
      c.expect(',')
      return [keyType, nullableTypeName(c)] as const
    })
    return { is: 'mapType', key, value, nullable: undefined, at: c.since(start) }
  }
  if (c.isOneOf('ROW', 'STRUCT') && c.isAt(1, '<', '(', '<>')) {
    c.take()
    const fields = c.accept('<>') ? [] : bracketed(c, () => c.list(() => rowTypeField(c)))
    return { is: 'rowType', fields, nullable: undefined, at: c.since(start) }
  }
  return namedType(c)
}

function angled<Result>(c: Cursor, read: () => Result): Result {
  c.expect('<')
  const result = read()
  c.expectCloseAngle()
  return result
}

function bracketed<Result>(c: Cursor, read: () => Result): Result {
  if (!c.accept('(')) return angled(c, read)
  const result = read()
  c.expect(')')
  return result
}

export function rowTypeField(c: Cursor): RowTypeField {
  const start = c.start
  const fieldName = isNamedField(c) ? identifier(c) : undefined
  if (fieldName !== undefined) c.accept(':')
  const type = nullableTypeName(c)
  const comment = c.token.kind === 'string' ? text(c) : undefined
  return { is: 'rowTypeField', name: fieldName, type, comment, at: c.since(start) }
}

/** Whether a name stands before the type: not so in `ROW<INT NOT NULL, DOUBLE PRECISION>`. */
function isNamedField(c: Cursor): boolean {
  const next = c.peek(1)
  if (!isName(c.token) || next.key === ':') return isName(c.token)
  if (!isName(next)) return false
  switch (next.key) {
    case 'NOT':
    case 'NULL':
      return false
    case 'UNSIGNED':
    case 'MULTISET':
    case 'ARRAY':
      return !c.isAt(2, ',', '>', '>>', ')', '[', 'NOT', 'NULL')
    case 'PRECISION':
      return !c.is('DOUBLE')
    case 'VARYING':
      return !c.isOneOf('CHAR', 'CHARACTER', 'BINARY', 'BIT')
    case 'WITH':
    case 'WITHOUT':
      return !c.isOneOf('TIMESTAMP', 'TIME')
    default:
      return !(c.is('INTERVAL') && timeUnit(next) !== undefined)
  }
}

function namedType(c: Cursor): TypeName {
  const start = c.start
  if (!isName(c.token)) throw c.expected('a type')
  const path: Name = name(c, 'a type')
  const last = path.parts[path.parts.length - 1]!
  const words = [path.parts.length === 1 && !last.quoted ? last.text.toUpperCase() : last.text]
  const args: string[] = []
  const isWord = path.parts.length === 1 && !last.quoted
  if (isWord) {
    switch (words[0]) {
      case 'DOUBLE':
        if (c.accept('PRECISION')) words.push('PRECISION')
        break
      case 'CHAR':
      case 'CHARACTER':
      case 'BINARY':
      case 'BIT':
        if (c.accept('VARYING')) words.push('VARYING')
        break
      case 'INTERVAL':
        intervalQualifier(c, words, args)
        break
    }
  }
  typeArguments(c, args)
  if (isWord && (words[0] === 'TIMESTAMP' || words[0] === 'TIME')) timeZoneSuffix(c, words)
  if (isWord && c.accept('UNSIGNED')) words.push('UNSIGNED')
  if (isWord && c.accept('CHARACTER', 'SET')) name(c)
  return { is: 'namedType', name: words.join(' '), path, args, nullable: undefined, at: c.since(start) }
}

function typeArguments(c: Cursor, args: string[]): void {
  if (!c.is('(')) return
  c.take()
  for (const argument of c.list(() => typeArgument(c))) args.push(argument)
  c.expect(')')
}

function typeArgument(c: Cursor): string {
  const sign = c.accept('-') ? '-' : ''
  if (c.token.kind === 'number') return sign + c.take().text
  if (c.token.kind === 'string' || isName(c.token)) return c.take().text
  throw c.expected('a length or precision')
}

function timeZoneSuffix(c: Cursor, words: string[]): void {
  for (const suffix of [
    ['WITH', 'LOCAL', 'TIME', 'ZONE'],
    ['WITH', 'TIME', 'ZONE'],
    ['WITHOUT', 'TIME', 'ZONE'],
  ]) {
    if (!c.accept(...suffix)) continue
    words.push(...suffix)
    return
  }
}

/** `INTERVAL DAY(3) TO SECOND(6)` as a type. */
function intervalQualifier(c: Cursor, words: string[], args: string[]): void {
  const from = timeUnit(c.token)
  if (from === undefined) return
  c.take()
  words.push(from)
  typeArguments(c, args)
  if (!c.is('TO')) return
  const to = timeUnit(c.peek(1))
  if (to === undefined) return
  c.take()
  c.take()
  words.push('TO', to)
  typeArguments(c, args)
}
