import { likeToPattern } from '../functions/regex/patterns.ts'
import { asText } from '../functions/values.ts'
import { types } from '../types/data-type.ts'
import { emitComparison } from './emit-comparison.ts'
import { emitHostCall } from './emit-host.ts'
import { emitKernel } from './emit-kernel.ts'
import { emitLiteral } from './emit-literal.ts'
import type { Emitter } from './emitter.ts'
import type { Operand } from './operand.ts'

/** LIKE: constant patterns without `_` become comparisons of bytes; the others a matcher over code points. */
export function emitLike(e: Emitter, [value, pattern, escapeMark]: readonly Operand[]): Operand {
  if (value === undefined || pattern === undefined) throw new TypeError('LIKE without operands')
  const constant =
    typeof pattern.literal === 'string' && (escapeMark === undefined || typeof escapeMark.literal === 'string')
  const parts = constant
    ? simpleParts(asText(pattern.literal), escapeMark === undefined ? '' : asText(escapeMark.literal))
    : undefined
  if (parts === undefined) {
    const mark = escapeMark === undefined ? '' : escapeMark.literal
    if (constant && typeof mark === 'string' && validPattern(asText(pattern.literal), mark)) {
      const code = emitLiteral(e, mark === '' ? NO_ESCAPE : mark.charCodeAt(0), types.int)
      return emitKernel(e, 'fn_like', [value, pattern, code], types.boolean)
    }
    const args = escapeMark === undefined ? [value, pattern] : [value, pattern, escapeMark]
    return emitHostCall(e, args, types.boolean, { strict: true, mayBeNull: false }, ([text, like, mark]) =>
      likeToPattern(asText(like), mark === undefined ? '' : asText(mark), false).test(asText(text)),
    )
  }
  const { before, middle, after } = parts
  const literal = (text: string) => emitLiteral(e, text, types.string)
  if (middle === undefined) return emitComparison(e, '=', value, literal(before))
  const { code } = e
  const result = code.local('i32')
  const pieces = [before, after, ...middle].filter(piece => piece !== '').length
  if (pieces <= 1) {
    const [kernel, piece] =
      before !== ''
        ? ['fn_starts_with', before]
        : after !== ''
          ? ['fn_ends_with', after]
          : ['fn_contains', middle[0] ?? '']
    const operand = literal(piece)
    e.guard(value.valid, () => {
      const index = e.module.importFunction('kernels', kernel, ['i32', 'i32'], ['i32'])
      code
        .get(value.values[0] ?? 0)
        .get(operand.values[0] ?? 0)
        .call(index)
        .set(result)
    })
    return { type: types.boolean, valid: value.valid, values: [result] }
  }
  const operand = literal([before, ...middle, after].join('%'))
  e.guard(value.valid, () => {
    const index = e.module.importFunction('kernels', 'fn_like_parts', ['i32', 'i32'], ['i32'])
    code
      .get(value.values[0] ?? 0)
      .get(operand.values[0] ?? 0)
      .call(index)
      .set(result)
  })
  return { type: types.boolean, valid: value.valid, values: [result] }
}

const NO_ESCAPE = 256

/** Whether the kernel knows the escape (one byte), and the pattern does not end with it. */
function validPattern(pattern: string, escapeMark: string): boolean {
  if (escapeMark === '') return true
  return (
    escapeMark.length === 1 &&
    escapeMark.charCodeAt(0) < 0x80 &&
    (pattern.length - pattern.lastIndexOf(escapeMark) > 1 || pattern.endsWith(escapeMark + escapeMark))
  )
}

interface Parts {
  readonly before: string
  /** What must stand between, in order; undefined: no `%` at all. */
  readonly middle: readonly string[] | undefined
  readonly after: string
}

/** The pieces between `%`, where the pattern has no `_` and no escaped character. */
function simpleParts(pattern: string, escapeMark: string): Parts | undefined {
  if (escapeMark.length > 1 || pattern.includes('_')) return undefined
  if (escapeMark !== '' && pattern.includes(escapeMark)) return undefined
  const pieces = pattern.split('%')
  const before = pieces[0] ?? ''
  if (pieces.length === 1) return { before, middle: undefined, after: '' }
  return { before, middle: pieces.slice(1, -1).filter(piece => piece !== ''), after: pieces.at(-1) ?? '' }
}
