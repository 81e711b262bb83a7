const powers: bigint[] = [1n]
/** Larger powers would fill the memory. */
const MOST_KEPT = 400

/** 10^n, n >= 0. */
export function powerOfTen(n: number): bigint {
  if (n > MOST_KEPT) return 10n ** BigInt(n)
  for (let i = powers.length; i <= n; i++) powers.push((powers[i - 1] ?? 1n) * 10n)
  return powers[n] ?? 10n ** BigInt(n)
}

/** The quotient, halves away from zero. */
export function divideRounded(a: bigint, b: bigint): bigint {
  const quotient = a / b
  const rest = a % b
  const twice = (rest < 0n ? -rest : rest) * 2n
  if (twice < (b < 0n ? -b : b)) return quotient
  return a < 0n === b < 0n ? quotient + 1n : quotient - 1n
}

/** Unscaled digits at another scale, halves away from zero. */
export function rescaled(digits: bigint, from: number, to: number): bigint {
  if (to >= from) return digits * powerOfTen(to - from)
  return divideRounded(digits, powerOfTen(from - to))
}

export function fitsPrecision(digits: bigint, precision: number): boolean {
  const limit = powerOfTen(precision)
  return digits < limit && digits > -limit
}

export function decimalText(digits: bigint, scale: number): string {
  if (scale === 0) return digits.toString()
  const negative = digits < 0n
  const text = (negative ? -digits : digits).toString().padStart(scale + 1, '0')
  const split = text.length - scale
  return `${negative ? '-' : ''}${text.slice(0, split)}.${text.slice(split)}`
}

/** A number as it is written: `digits` * 10^-scale, where the scale may be negative. */
export interface WrittenNumber {
  readonly digits: bigint
  readonly scale: number
}

const number = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

/** The number that a text is: digits with a sign, a point and an exponent; undefined when it is none. */
export function writtenNumber(text: string): WrittenNumber | undefined {
  const match = number.exec(text)
  if (match === null) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return undefined
  const digits = BigInt(whole + fraction)
  return { digits: sign === '-' ? -digits : digits, scale: fraction.length - Number(exponent) }
}

// Far beyond 38 digits either way: no need to build the number.
const FAR = 400

/** Text of a number as digits at `scale`, halves away from zero; undefined when it is not a number. */
export function parseDecimal(text: string, scale: number): bigint | undefined {
  const written = writtenNumber(text)
  if (written === undefined) return undefined
  const { digits, scale: from } = written
  if (digits === 0n) return 0n
  if (scale - from > FAR) return digits < 0n ? -powerOfTen(FAR) : powerOfTen(FAR)
  if (from - scale > text.length + 1) return 0n
  return rescaled(digits, from, scale)
}

/** The double nearest to a decimal. */
export function decimalToDouble(digits: bigint, scale: number): number {
  if (scale <= 22 && digits >= -9007199254740992n && digits <= 9007199254740992n) return Number(digits) / 10 ** scale
  return Number(`${digits}e-${scale}`)
}
