import { StreamdownError } from '../errors/error.ts'
import { decimalText, divideRounded, rescaled, writtenNumber } from './decimal-digits.ts'

/** What a decimal is made from. A number is read by its shortest decimal text, so `0.1` is exactly one tenth. */
export type DecimalInput = Decimal | bigint | number | string

const MAX_DIGITS = 38

/**
 * An exact decimal number of at most 38 digits: unscaled digits and how many of them stand behind the point.
 * It has no `<` and no `+` of JavaScript (both would go through a double): compare with `compare`, calculate with
 * `plus`, `minus`, `times`, `dividedBy`.
 */
export class Decimal {
  /** All digits as one integer: 1.20 is 120n. */
  readonly unscaled: bigint
  /** Digits behind the point: 1.20 has 2. */
  readonly scale: number

  constructor(unscaled: bigint, scale: number) {
    if (digitsOf(unscaled) > MAX_DIGITS || scale < 0 || scale > MAX_DIGITS || !Number.isInteger(scale)) {
      throw new StreamdownError('DSD5001', `${unscaled} at scale ${scale} does not fit into ${MAX_DIGITS} digits.`)
    }
    this.unscaled = unscaled
    this.scale = scale
  }

  /** Reads text, an integer or a finite number exactly. Throws DSD5001 for anything else and beyond 38 digits. */
  static from(input: DecimalInput): Decimal {
    if (input instanceof Decimal) return input
    if (typeof input === 'bigint') return new Decimal(input, 0)
    const text = String(input)
    const written = writtenNumber(text.trim())
    if (written === undefined) throw new StreamdownError('DSD5001', `${JSON.stringify(text)} is not a decimal number.`)
    const { digits, scale } = written
    if (Math.abs(scale) > 2 * MAX_DIGITS + text.length) {
      throw new StreamdownError('DSD5001', `${text} does not fit into ${MAX_DIGITS} digits.`)
    }
    return scale >= 0 ? new Decimal(digits, scale) : new Decimal(rescaled(digits, scale, 0), 0)
  }

  plus(other: DecimalInput): Decimal {
    const [a, b, scale] = aligned(this, Decimal.from(other))
    return new Decimal(a + b, scale)
  }

  minus(other: DecimalInput): Decimal {
    const [a, b, scale] = aligned(this, Decimal.from(other))
    return new Decimal(a - b, scale)
  }

  times(other: DecimalInput): Decimal {
    const right = Decimal.from(other)
    return new Decimal(this.unscaled * right.unscaled, this.scale + right.scale)
  }

  /** The quotient rounded half away from zero at `scale` digits behind the point. */
  dividedBy(other: DecimalInput, scale = Math.max(this.scale, 6)): Decimal {
    const right = Decimal.from(other)
    if (right.unscaled === 0n) throw new StreamdownError('DSD4002', `${this} cannot be divided by zero.`)
    const shift = scale + right.scale - this.scale
    const numerator = shift >= 0 ? this.unscaled * 10n ** BigInt(shift) : this.unscaled
    const denominator = shift >= 0 ? right.unscaled : right.unscaled * 10n ** BigInt(-shift)
    return new Decimal(divideRounded(numerator, denominator), scale)
  }

  negated(): Decimal {
    return new Decimal(-this.unscaled, this.scale)
  }

  abs(): Decimal {
    return this.unscaled < 0n ? this.negated() : this
  }

  /** The same number with `scale` digits behind the point, rounded half away from zero. */
  round(scale = 0): Decimal {
    return new Decimal(rescaled(this.unscaled, this.scale, scale), scale)
  }

  /** Negative, zero or positive as this number is smaller than, equal to or greater than the other. */
  compare(other: DecimalInput): -1 | 0 | 1 {
    const [a, b] = aligned(this, Decimal.from(other))
    return a < b ? -1 : a > b ? 1 : 0
  }

  /** Equal in value: 1.20 equals 1.2. */
  equals(other: DecimalInput): boolean {
    return this.compare(other) === 0
  }

  isZero(): boolean {
    return this.unscaled === 0n
  }

  /** The nearest double. */
  toNumber(): number {
    return Number(this.toString())
  }

  /** All digits, those behind the point as many as the scale says: 1.20. */
  toString(): string {
    return decimalText(this.unscaled, this.scale)
  }

  /** Text, because a JSON number would be read as a double. */
  toJSON(): string {
    return this.toString()
  }
}

function digitsOf(unscaled: bigint): number {
  return (unscaled < 0n ? -unscaled : unscaled).toString().length
}

function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale)
  return [a.unscaled * 10n ** BigInt(scale - a.scale), b.unscaled * 10n ** BigInt(scale - b.scale), scale]
}
