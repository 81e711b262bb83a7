import type { StandardSchemaV1 } from '@standard-schema/spec'
import { types } from '../../types/data-type.ts'
import { objectGiven } from '../given.ts'
import { checkRow } from './check-row.ts'
import { type ColumnFacts, ColumnType, typeGiven } from './column-type.ts'

/** The columns of a row by name. */
export type Fields = Readonly<Record<string, ColumnType<unknown>>>

/** The type of a row, and a Standard Schema that checks one. Usable as the type of a nested row. */
export class RowType<R> extends ColumnType<R> {
  readonly fields: Fields
  readonly '~standard': StandardSchemaV1.Props<unknown, R>

  /** @internal */
  constructor(fields: Fields, facts: ColumnFacts = {}) {
    const given = Object.entries(objectGiven('t.row() wants columns by their names, { id: t.string }', fields))
    super(
      types.row(
        given.map(([name, field]) => ({
          name,
          type: typeGiven(`Column '${name}'`, field).type,
          nullable: field.nullable,
        })),
      ),
      facts,
    )
    this.fields = fields
    this['~standard'] = { version: 1, vendor: 'data-streamdown', validate: value => checkRow<R>(fields, value) }
  }

  /** @internal The same row, or NULL. */
  orNull(): RowType<R | null> {
    return new RowType<R | null>(this.fields, { ...this.facts, nullable: true })
  }
}
