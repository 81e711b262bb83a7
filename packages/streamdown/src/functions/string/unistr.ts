import { failures } from '../../errors/table.ts'
import { RowError } from '../definition.ts'

/** PostgreSQL's unistr(): `\0061`, `\+000061`, `\u0061` and `\U00000061` are the characters of those numbers. */
export function unistr(text: string): string {
  const read = text.replace(
    /\\(?:\\|\+([\da-f]{6})|u([\da-f]{4})|U([\da-f]{8})|([\da-f]{4})|)/gi,
    (written, six?: string, short?: string, long?: string, four?: string) => {
      if (written === '\\\\') return '\\'
      const digits = six ?? short ?? long ?? four
      const point = digits === undefined ? Number.NaN : Number.parseInt(digits, 16)
      if (!(point > 0 && point <= 0x10ffff)) throw new RowError(failures.argument, 'invalid Unicode escape in UNISTR')
      // Halves of surrogate pairs come together as JavaScript's strings have them.
      return point < 0x10000 ? String.fromCharCode(point) : String.fromCodePoint(point)
    },
  )
  if (!read.isWellFormed()) throw new RowError(failures.argument, 'invalid Unicode surrogate pair in UNISTR')
  return read
}
