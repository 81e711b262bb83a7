import type { Draw } from './draw.ts'
import type { Rules } from './translate.ts'

export const kinds = ['int', 'bigint', 'decimal', 'double', 'string', 'boolean', 'timestamp'] as const
export type Kind = (typeof kinds)[number]

/** Kinds of which there are columns to decide by. */
export const kindsOf = (columns: readonly Column[]): readonly Kind[] =>
  kinds.filter(kind => columns.some(column => column.kind === kind && !column.near))

/** Text that depends on whose rules it follows. */
export type Sql = (rules: Rules) => string

export interface Column {
  readonly name: string
  readonly kind: Kind
  /** Its last digits may differ: compared within a tolerance, and nothing is decided by it. */
  readonly near: boolean
}

export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
}

export const typeNames: Readonly<Record<Kind, string>> = {
  int: 'INT',
  bigint: 'BIGINT',
  decimal: 'DECIMAL(12, 2)',
  double: 'DOUBLE PRECISION',
  string: 'VARCHAR',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
}

const strings = ['', 'a', 'b', 'B', 'ab', 'a%b', 'Zürich', 'a string of more than twelve bytes', '日本']

/** Doubles are eighths, so that their sums are exact in any order. */
export function literal(draw: Draw, kind: Kind): string {
  switch (kind) {
    case 'int':
      return draw.sometimes(3) ? String(draw.integer(-100, 100)) : String(draw.integer(0, 3))
    case 'bigint':
      return draw.sometimes(4) ? String(draw.integer(-(2 ** 30), 2 ** 30) * 1024) : String(draw.integer(-3, 3))
    case 'decimal':
      return (draw.integer(-20_000, 20_000) / 100).toFixed(2)
    case 'double':
      return (draw.integer(-800, 800) / 8).toFixed(3)
    case 'string':
      return `'${draw.oneOf(strings)}'`
    case 'boolean':
      return draw.oneOf(['TRUE', 'FALSE'])
    case 'timestamp':
      return timestamp(draw.integer(0, 600) * 100)
  }
}

/** Milliseconds after the start of the hour in which everything happens. */
export const timestamp = (ms: number): string =>
  `TIMESTAMP '${new Date(Date.UTC(2024, 1, 29, 23) + ms).toISOString().replace('T', ' ').replace('Z', '')}'`

/** A literal that has its column's type wherever it stands. */
export const typed = (draw: Draw, kind: Kind): string => `CAST(${literal(draw, kind)} AS ${typeNames[kind]})`

/** `id` is unique, `k` takes few values, the others are drawn. */
export function drawTable(draw: Draw, name: string): Table {
  const extra = Array.from({ length: draw.integer(2, 4) }, (_, at) => ({
    name: `${name}${at}`,
    kind: draw.oneOf(kinds),
    near: false,
  }))
  return {
    name,
    columns: [
      { name: 'id', kind: 'int', near: false },
      { name: 'k', kind: 'int', near: false },
      { name: 'ts', kind: 'timestamp', near: false },
      ...extra,
    ],
  }
}

export const createTable = ({ name, columns }: Table): string =>
  `CREATE TABLE ${name} (${columns.map(column => `${column.name} ${typeNames[column.kind]}`).join(', ')})`

/** Values of a row as literals; keys are skewed, any value but the id may be NULL. */
export const drawRow = (draw: Draw, { columns }: Table, id: number): readonly string[] =>
  columns.map(({ name, kind }) => {
    if (name === 'id') return String(id)
    if (draw.sometimes(8)) return 'NULL'
    if (name === 'k') return String(draw.oneOf([0, 0, 0, 0, 1, 1, 2, 3]))
    return literal(draw, kind)
  })
