import { StreamdownError } from '../errors/error.ts'

/** What a decimal is made from. A number is read by its shortest decimal text, so `0.1` is exactly one tenth. */
export type DecimalInput = Decimal | bigint | number | string

const MAX_DIGITS = 38
const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

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
    const match = pattern.exec(String(input).trim())
    const whole = match?.[2] ?? ''
    const fraction = match?.[3] ?? ''
    if (match === null || whole + fraction === '') {
      throw new StreamdownError('DSD5001', `${JSON.stringify(String(input))} is not a decimal number.`)
    }
    const exponent = Number(match[4] ?? 0)
    if (Math.abs(exponent) > 2 * MAX_DIGITS + fraction.length) {
      throw new StreamdownError('DSD5001', `${String(input)} does not fit into ${MAX_DIGITS} digits.`)
    }
    const digits = BigInt(whole + fraction) * (match[1] === '-' ? -1n : 1n)
    const scale = fraction.length - exponent
    return scale >= 0 ? new Decimal(digits, scale) : new Decimal(digits * 10n ** BigInt(-scale), 0)
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
    return new Decimal(dividedHalfAway(numerator, denominator), scale)
  }

  negated(): Decimal {
    return new Decimal(-this.unscaled, this.scale)
  }

  abs(): Decimal {
    return this.unscaled < 0n ? this.negated() : this
  }

  /** The same number with `scale` digits behind the point, rounded half away from zero. */
  round(scale = 0): Decimal {
    if (scale >= this.scale) return new Decimal(this.unscaled * 10n ** BigInt(scale - this.scale), scale)
    return new Decimal(dividedHalfAway(this.unscaled, 10n ** BigInt(this.scale - scale)), scale)
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
    const sign = this.unscaled < 0n ? '-' : ''
    const digits = (this.unscaled < 0n ? -this.unscaled : this.unscaled).toString().padStart(this.scale + 1, '0')
    const point = digits.length - this.scale
    return this.scale === 0 ? sign + digits : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
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

function dividedHalfAway(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n
  const n = numerator < 0n ? -numerator : numerator
  const d = denominator < 0n ? -denominator : denominator
  const rounded = (n * 2n + d) / (d * 2n)
  return negative ? -rounded : rounded
}
