import { StreamdownError } from '../../errors/error.ts'
import type { Relation } from '../../plan/nodes/node.ts'
import { type DataType, type Field, field, type Schema, types } from '../../types/data-type.ts'

const time = types.timestamp(3)

const person: readonly Field[] = [
  field('id', types.bigint),
  field('name', types.string),
  field('emailAddress', types.string),
  field('creditCard', types.string),
  field('city', types.string),
  field('state', types.string),
  field('dateTime', time),
  field('extra', types.string),
]

const auction: readonly Field[] = [
  field('id', types.bigint),
  field('itemName', types.string),
  field('description', types.string),
  field('initialBid', types.bigint),
  field('reserve', types.bigint),
  field('dateTime', time),
  field('expires', time),
  field('seller', types.bigint),
  field('category', types.bigint),
  field('extra', types.string),
]

const bid: readonly Field[] = [
  field('auction', types.bigint),
  field('bidder', types.bigint),
  field('price', types.bigint),
  field('channel', types.string),
  field('url', types.string),
  field('dateTime', time),
  field('extra', types.string),
]

/** One row an event, as in nexmark/nexmark for Flink: the ROW of its type is there, the other two are NULL. */
export const nexmarkSchema: Schema = [
  field('event_type', types.int, false),
  field('person', types.row(person)),
  field('auction', types.row(auction)),
  field('bid', types.row(bid)),
]

/** What a column of a scan shows: the type of the event, a field of its ROW, or the whole ROW; kinds as in `event_type`. */
export type EventColumn =
  | { readonly is: 'type'; readonly type: DataType }
  | { readonly is: 'field'; readonly kind: number; readonly name: string; readonly type: DataType }
  | { readonly is: 'row'; readonly kind: number; readonly type: DataType & { readonly is: 'row' } }

/** A table may declare its own columns: any of those above, in any order, with the types above. Throws DSD3002. */
export function checkDeclared(relation: Relation): void {
  for (const [column, declared] of relation.schema.entries()) {
    if (relation.metadata?.[column] !== undefined) refuse(relation, declared.name, 'nexmark has no metadata columns')
    const own = nexmarkSchema.find(({ name }) => name === declared.name)
    if (own === undefined) {
      const names = nexmarkSchema.map(({ name }) => name).join(', ')
      refuse(relation, declared.name, `nexmark has no such column; it has ${names}`)
    }
    checkType(relation, declared.name, declared.type, own.type)
  }
}

function checkType(relation: Relation, path: string, declared: DataType, own: DataType): void {
  if (declared.is !== own.is) refuse(relation, path, `it is ${own.is.toUpperCase()} in nexmark`)
  if (declared.is === 'row' && own.is === 'row') {
    for (const part of declared.fields) {
      const ownPart = own.fields.find(({ name }) => name === part.name)
      if (ownPart === undefined) {
        const names = own.fields.map(({ name }) => name).join(', ')
        refuse(relation, `${path}.${part.name}`, `nexmark has no such field; it has ${names}`)
      }
      checkType(relation, `${path}.${part.name}`, part.type, ownPart.type)
    }
  }
  if (declared.is === 'string' && declared.length !== undefined) refuse(relation, path, 'it is STRING in nexmark')
  if (declared.is === 'timestamp' && (declared.zoned || declared.precision < 3)) {
    refuse(relation, path, 'it is TIMESTAMP(3) in nexmark')
  }
}

function refuse(relation: Relation, path: string, problem: string): never {
  throw new StreamdownError('DSD3002', `Table ${relation.name}: column ${path}: ${problem}.`)
}

/** What a scan's column shows of an event, by the names that the relation declares. */
export function eventColumnOf(relation: Relation, column: number, path: readonly number[]): EventColumn {
  const declared = relation.schema[column]
  const kind = nexmarkSchema.findIndex(({ name }) => name === declared?.name) - 1
  if (declared === undefined || kind < -1) throw new StreamdownError('DSD9002', `nexmark has no column ${column}.`)
  if (declared.type.is !== 'row') return { is: 'type', type: declared.type }
  const [index] = path
  if (index === undefined) return { is: 'row', kind, type: declared.type }
  const part = declared.type.fields[index]
  if (part === undefined) throw new StreamdownError('DSD9002', `${declared.name} has no field ${index}.`)
  return { is: 'field', kind, name: part.name, type: part.type }
}
