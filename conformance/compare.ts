import { Mismatch } from './case.ts'

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

/** Integers exactly; with a point or an exponent by value, within 1e-9 relative when `loose`. */
export function sameNumber(a: string, b: string, loose: boolean): boolean {
  if (a === b) return true
  if (!NUMBER.test(a) || !NUMBER.test(b)) return false
  if (/^[+-]?\d+$/.test(a) && /^[+-]?\d+$/.test(b)) return BigInt(a) === BigInt(b)
  if (normalDigits(a) === normalDigits(b)) return true
  if (!loose) return false
  const x = Number(a)
  const y = Number(b)
  return Math.abs(x - y) <= 1e-9 * Math.max(Math.abs(x), Math.abs(y))
}

/** Exact decimal value as digits and exponent, so that 5727.6 and 5727.60 are equal. */
function normalDigits(text: string): string {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const negative = mantissa.startsWith('-')
  const [whole = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.')
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  if (digits === '') return '0'
  const trimmed = digits.replace(/0+$/, '')
  const scale = Number(exponent) - fraction.length + (digits.length - trimmed.length)
  return `${negative ? '-' : ''}${trimmed}e${scale}`
}

/** Lines of text equal, numbers in them by value. */
export function sameLine(a: string, b: string): boolean {
  if (a === b) return true
  const left = pieces(a)
  const right = pieces(b)
  return (
    left.length === right.length &&
    left.every((piece, at) => piece === right[at] || sameNumber(piece, right[at] ?? '', true))
  )
}

const pieces = (line: string): readonly string[] => line.split(/([\s[\]{}(),:"]+)/)

export function expectInOrder(actual: readonly string[], expected: readonly string[]): void {
  const at = expected.findIndex((line, index) => !sameLine(actual[index] ?? '\u0000', line))
  if (at < 0 && actual.length === expected.length) return
  throw new Mismatch(difference(actual, expected))
}

export function expectMultiset(actual: readonly string[], expected: readonly string[]): void {
  const problem = multisetDifference(actual, expected)
  if (problem !== undefined) throw new Mismatch(problem)
}

/** How two multisets of lines differ; undefined when they do not. */
export function multisetDifference(actual: readonly string[], expected: readonly string[]): string | undefined {
  const left = [...actual].sort()
  const right = [...expected].sort()
  if (left.length === right.length && left.every((line, at) => sameLine(line, right[at] ?? ''))) return undefined
  const rest = new Set(left.keys())
  for (const line of right) {
    const found = [...rest].find(at => sameLine(left[at] ?? '', line))
    if (found === undefined) return difference(left, right)
    rest.delete(found)
  }
  return rest.size > 0 ? difference(left, right) : undefined
}

function difference(actual: readonly string[], expected: readonly string[]): string {
  const missing = expected.filter(line => !actual.includes(line)).slice(0, 4)
  const extra = actual.filter(line => !expected.includes(line)).slice(0, 4)
  return `${actual.length} rows, ${expected.length} expected; missing: ${missing.join(' | ')}; not expected: ${extra.join(' | ')}`
}
