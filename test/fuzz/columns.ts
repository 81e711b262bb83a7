import type { Draw } from './tape.ts'
import type { Rules } from './translate.ts'

export const kinds = ['int', 'string', 'boolean', 'bigint', 'decimal', 'double', 'timestamp', 'date'] as const
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

/** What can stand behind FROM by its name. */
export interface Table {
  readonly name: string
  readonly columns: readonly Column[]
  /** The columns whose values together are in no two rows, none of them NULL (none known: undefined). */
  readonly unique: readonly string[] | undefined
  /** Has a column `ts`, after which its rows are in windows. */
  readonly timed: boolean
  readonly primaryKey: boolean
}

export const typeNames: Readonly<Record<Kind, string>> = {
  int: 'INT',
  bigint: 'BIGINT',
  decimal: 'DECIMAL(12, 2)',
  double: 'DOUBLE PRECISION',
  string: 'VARCHAR',
  boolean: 'BOOLEAN',
  timestamp: 'TIMESTAMP',
  date: 'DATE',
}

const strings = ['a', '', 'b', 'B', 'ab', 'a%b', 'Zürich', 'a string of more than twelve bytes', '日本']

/** Doubles are eighths, so that their sums are exact in any order. */
export function literal(draw: Draw, kind: Kind): string {
  switch (kind) {
    case 'int':
      return draw.sometimes(3) ? signed(draw, 100) : String(draw.integer(0, 3))
    case 'bigint':
      return draw.sometimes(4) ? String(Number(signed(draw, 2 ** 30)) * 1024) : signed(draw, 3)
    case 'decimal':
      return (Number(signed(draw, 20_000)) / 100).toFixed(2)
    case 'double':
      return (Number(signed(draw, 800)) / 8).toFixed(3)
    case 'string':
      return `'${draw.oneOf(strings)}'`
    case 'boolean':
      return draw.oneOf(['TRUE', 'FALSE'])
    case 'timestamp':
      return timestamp(draw.integer(0, 600) * 100)
    case 'date':
      return `DATE '${new Date(Date.UTC(2024, 1, 28 + draw.integer(0, 4))).toISOString().slice(0, 10)}'`
  }
}

function signed(draw: Draw, limit: number): string {
  const size = draw.integer(0, limit)
  return String(draw.sometimes(2) && size > 0 ? -size : size)
}

/** Milliseconds after the start of the minute in which everything happens; the day before and a month end are near. */
export const timestamp = (ms: number): string =>
  `TIMESTAMP '${new Date(Date.UTC(2024, 1, 29, 23, 59, 30) + ms).toISOString().replace('T', ' ').replace('Z', '')}'`

/** A literal, or NULL, that has its column's type wherever it stands. */
export const typed = (draw: Draw, kind: Kind): string =>
  `CAST(${draw.sometimes(12) ? 'NULL' : literal(draw, kind)} AS ${typeNames[kind]})`

/** `id` is unique, `k` takes few values, the others are drawn. A table without `id` has rows that are equal. */
export function drawTable(draw: Draw, name: string, rows: 'unique' | 'any'): Table {
  const extra = draw.list(1, 4, 3, at => ({ name: `${name}${at}`, kind: draw.oneOf(kinds), near: false }))
  const own: readonly Column[] =
    rows === 'unique'
      ? [
          { name: 'id', kind: 'int', near: false },
          { name: 'k', kind: 'int', near: false },
          { name: 'ts', kind: 'timestamp', near: false },
        ]
      : [{ name: 'k', kind: 'int', near: false }]
  return {
    name,
    columns: [...own, ...extra],
    unique: rows === 'unique' ? ['id'] : undefined,
    timed: rows === 'unique',
    primaryKey: rows === 'unique' && draw.sometimes(3),
  }
}

/** The parts between the brackets of CREATE TABLE. */
export const definitions = ({ columns, primaryKey }: Table): readonly string[] => [
  ...columns.map(({ name, kind }) => `${name} ${typeNames[kind]}`),
  ...(primaryKey ? ['PRIMARY KEY (id)'] : []),
]

export const createTable = (table: Table): string => `CREATE TABLE ${table.name} (${definitions(table).join(', ')})`

/** Values of a row as literals; keys are skewed, any value but the id may be NULL. */
export const drawRow = (draw: Draw, { columns }: Table, id: number): readonly string[] =>
  columns.map(({ name, kind }) => {
    if (name === 'id') return String(id)
    if (draw.sometimes(7)) return 'NULL'
    if (name === 'k') return String(draw.oneOf([0, 0, 0, 0, 1, 1, 2, 3]))
    return literal(draw, kind)
  })
