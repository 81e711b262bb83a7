import { zoneNamed } from '../functions/time/zone.ts'
import type { StatementResult } from '../session/session.ts'
import type { DataType } from '../types/data-type.ts'
import { counted } from '../values/counted.ts'
import { textOf } from '../values/text.ts'
import { uniqueNames } from './json-lines.ts'

type Rows = Pick<Extract<StatementResult, { is: 'rows' }>, 'schema' | 'rows' | 'timeZone'>

/** The blanks beside a cell. */
const PADDING = 2
/** A column is not made narrower: what is then too much goes. */
const NARROWEST = 8
/** A column that holds nothing but "…": for those that are not shown. */
const MORE_COLUMNS = 3

const numbers: ReadonlySet<DataType['is']> = new Set([
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'real',
  'double',
  'decimal',
  'numeric',
])

/** A result as a table with its number of rows below. */
export function tableOf(result: Rows, width: number): string {
  const { lines, hidden } = tableLines(result, width)
  const notes = [counted(result.rows.length, 'row')]
  if (hidden > 0) notes.push(`${hidden} of ${result.schema.length} columns not shown`)
  return `${[...lines, notes.join(', ')].join('\n')}\n`
}

/** Lines that are never wider than the terminal: cells are cut with "…", then columns at the right are left out. */
export function tableLines(
  { schema, rows, timeZone }: Rows,
  width: number,
): { readonly lines: readonly string[]; readonly hidden: number } {
  const zone = zoneNamed(timeZone)
  const names = uniqueNames(schema).map(oneLine)
  const cells = rows.map(row => schema.map(({ type }, at) => oneLine(textOf(row[at] ?? null, type, 'postgres', zone))))
  const natural = names.map((name, at) =>
    cells.reduce((most, row) => Math.max(most, displayWidth(row[at] ?? '')), displayWidth(name)),
  )
  const widths = fitting(
    natural.map(each => each + PADDING),
    width,
  )
  const hidden = schema.length - widths.length
  const columns = hidden > 0 ? [...widths, MORE_COLUMNS] : widths
  const rule = (left: string, between: string, right: string): string =>
    `${left}${columns.map(each => '─'.repeat(each)).join(between)}${right}`
  const line = (row: readonly string[]): string => {
    const shown = widths.map((each, at) =>
      cellOf(row[at] ?? '', each - PADDING, schema[at] !== undefined && numbers.has(schema[at].type.is)),
    )
    return `│ ${(hidden > 0 ? [...shown, '…'] : shown).join(' │ ')} │`
  }
  const head = [rule('┌', '┬', '┐'), line(names), rule('├', '┼', '┤')]
  return { lines: [...head, ...cells.map(line), rule('└', '┴', '┘')], hidden }
}

/** The text in so many columns of the terminal: cut with "…", or filled with blanks. */
function cellOf(text: string, width: number, alignRight: boolean): string {
  const taken = displayWidth(text)
  const shown = taken <= width ? text : `${beginningOf(text, width - 1)}…`
  const blanks = ' '.repeat(width - (taken <= width ? taken : displayWidth(shown)))
  return alignRight ? blanks + shown : shown + blanks
}

/** As many whole characters as fit. */
function beginningOf(text: string, width: number): string {
  let [end, taken] = [0, 0]
  for (const character of text) {
    taken += widthOf(character)
    if (taken > width) break
    end += character.length
  }
  return text.slice(0, end)
}

/** Widths of the columns that are shown, the widest cut first; fewer than given when not all fit. */
function fitting(natural: readonly number[], width: number): readonly number[] {
  const taken = (widths: readonly number[]): number => widths.reduce((sum, each) => sum + each + 1, 1)
  const cut = (most: number): readonly number[] => natural.map(each => Math.min(each, most))
  if (taken(natural) <= width) return natural
  let [low, high] = [NARROWEST, width]
  if (taken(cut(low)) <= width) {
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if (taken(cut(middle)) <= width) low = middle
      else high = middle - 1
    }
    return cut(low)
  }
  const narrow = [...cut(NARROWEST)]
  while (narrow.length > 1 && taken([...narrow, MORE_COLUMNS]) > width) narrow.pop()
  return narrow
}

/** Line breaks and other control characters would break the table, or steer the terminal. */
const oneLine = (text: string): string =>
  text
    .replace(/\r?\n/g, '↵')
    .replaceAll('\t', ' ')
    .replace(/\p{Cc}/gu, '·')

const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u

/** Columns of the terminal that a text takes. */
function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) width += widthOf(character)
  return width
}

const widthOf = (character: string): number => (/\p{M}/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1)
