/** Trees without what tests do not compare: no places, no absent parts; names, types and expressions as text. */

import type { Expression, Identifier, Name, SortItem, TypeName } from './ast.ts'
import { show, showSort, showType } from './brackets.fixture.ts'

type Node = Identifier | Name | TypeName | SortItem | Expression

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const expressionTags = new Set<string>([
  'column',
  'field',
  'subscript',
  'slice',
  'star',
  'number',
  'string',
  'bytes',
  'boolean',
  'null',
  'default',
  'typedLiteral',
  'interval',
  'timeUnit',
  'parameter',
  'unary',
  'binary',
  'logical',
  'isTest',
  'isDistinct',
  'between',
  'inList',
  'inQuery',
  'like',
  'quantified',
  'cast',
  'atTimeZone',
  'collate',
  'case',
  'scalarQuery',
  'exists',
  'array',
  'arrayQuery',
  'map',
  'row',
  'lambda',
  'extract',
  'trim',
  'call',
]) // prettier-ignore
const otherTags = new Set<string>([
  'identifier',
  'name',
  'sortItem',
  'namedType',
  'arrayType',
  'multisetType',
  'mapType',
  'rowType',
])

function isNode(value: object): value is Node {
  return (
    'is' in value &&
    typeof value.is === 'string' &&
    'at' in value &&
    (expressionTags.has(value.is) || otherTags.has(value.is))
  )
}

function asText(node: Node): string {
  switch (node.is) {
    case 'identifier':
      return node.quoted ? `"${node.text}"` : node.text
    case 'name':
      return node.parts.map(asText).join('.')
    case 'sortItem':
      return showSort(node)
    case 'namedType':
    case 'arrayType':
    case 'multisetType':
    case 'mapType':
    case 'rowType':
      return showType(node)
    default:
      return show(node)
  }
}

/** A node as plain data; an object whose only part is `is` becomes that word. */
export function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compact)
  if (!isObject(value)) return value
  if (isNode(value)) return asText(value)
  const parts = Object.entries(value).filter(
    ([key, part]) =>
      key !== 'at' && part !== undefined && part !== false && !(Array.isArray(part) && part.length === 0),
  )
  const [first] = parts
  if (parts.length === 1 && first?.[0] === 'is') return first[1]
  return Object.fromEntries(parts.map(([key, part]) => [key, compact(part)]))
}
