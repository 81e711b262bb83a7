import type { DataType } from '../../types/data-type.ts'
import { typeText } from '../../types/type-text.ts'
import type { Value } from '../../types/value.ts'

/** What is looked for: NULLs where none may be, or texts and bytes of another length than declared. */
export type BreachRule = 'null' | 'length' | 'exact length'

/** How far into nested values a rule goes. */
export type BreachDepth = 'ignore' | 'rows' | 'rows_and_collections'

/** Whether a value can break the rule by its type, at the top or inside. NULL at the top is not looked at. */
export function canBreach(type: DataType, rule: BreachRule, depth: BreachDepth): boolean {
  const inside = (inner: DataType, notNull: boolean | undefined): boolean =>
    (rule === 'null' && notNull === true) || canBreach(inner, rule, depth)
  switch (type.is) {
    case 'string':
    case 'bytes':
      return rule !== 'null' && type.length !== undefined
    case 'row':
      return depth !== 'ignore' && type.fields.some(field => inside(field.type, !field.nullable))
    case 'array':
      return depth === 'rows_and_collections' && inside(type.element, type.elementNotNull)
    case 'map':
      return (
        depth === 'rows_and_collections' && (inside(type.key, type.keyNotNull) || inside(type.value, type.valueNotNull))
      )
    default:
      return false
  }
}

/** Where and how a value breaks the rule for `type`: `.ab[0] is NULL`; undefined when it does not. */
export function typeBreach(value: Value, type: DataType, rule: BreachRule, depth: BreachDepth): string | undefined {
  if (value === null || !canBreach(type, rule, depth)) return undefined
  const inside = (place: string, inner: Value, of: DataType, notNull: boolean | undefined): string | undefined => {
    if (inner === null) return rule === 'null' && notNull === true ? `${place} is NULL` : undefined
    const breach = typeBreach(inner, of, rule, depth)
    return breach === undefined ? undefined : place + breach
  }
  if (type.is === 'string' || type.is === 'bytes') return lengthBreach(value, type, rule)
  if (!Array.isArray(value)) return undefined
  for (const [i, item] of value.entries()) {
    const breach = nestedBreach(i, item, type, inside)
    if (breach !== undefined) return breach
  }
  return undefined
}

type Inside = (place: string, inner: Value, of: DataType, notNull: boolean | undefined) => string | undefined

function nestedBreach(index: number, item: Value, type: DataType, inside: Inside): string | undefined {
  switch (type.is) {
    case 'row': {
      const field = type.fields[index]
      return field === undefined ? undefined : inside(`.${field.name}`, item, field.type, !field.nullable)
    }
    case 'array':
      return inside(`[${index}]`, item, type.element, type.elementNotNull)
    case 'map': {
      const [key = null, value = null] = Array.isArray(item) ? item : []
      return inside('[key]', key, type.key, type.keyNotNull) ?? inside('[value]', value, type.value, type.valueNotNull)
    }
    default:
      return undefined
  }
}

/** Blanks at the end of a text do not count where it may be shorter than declared: they are cut, as CAST does. */
function lengthBreach(
  value: Value,
  type: Extract<DataType, { is: 'string' | 'bytes' }>,
  rule: BreachRule,
): string | undefined {
  const exact = rule === 'exact length'
  const text = typeof value === 'string' ? Array.from(exact ? value : value.trimEnd()) : value
  if (type.length === undefined || !(Array.isArray(text) || text instanceof Uint8Array)) return undefined
  const { length } = text
  if (length <= type.length && !(exact && type.fixed === true && length < type.length)) return undefined
  return ` is ${length} ${type.is === 'string' ? 'characters' : 'bytes'} long, which does not fit ${typeText(type)}`
}
