import type { Numeric } from '../types/value.ts'
import { powerOfTen } from './decimal-digits.ts'
import { digitsIn, NUMERIC_INFINITY, NUMERIC_MINUS_INFINITY, NUMERIC_NAN } from './numeric.ts'

/*
 * A NUMERIC as bytes that order as the numbers do, then its scale:
 *
 *   numeric  = value, u16 scale (big-endian)
 *   value    = 0                            -Infinity
 *            | (positive turned), 255       negative: every byte of the positive number turned
 *            | 128                          zero
 *            | positive
 *            | 254 | 255                    Infinity, NaN
 *   positive = exponent, pairs              0.pairs * 100^exponent, the last pair not 0
 *   exponent = 130..252                     -61..61
 *            | 129 or 253, u24              below or above those: the exponent + 2^23, big-endian
 *   pair     = two decimal digits + 1       (1..100: no pair is 0 or 255)
 *
 * No value begins another, so bytes of different length never tie. `kernels/value.ts` compares and hashes them.
 */
const MINUS_INFINITY = 0
const ZERO = 128
const INFINITY = 254
const NAN = 255
const MIDDLE = 191
const SMALL = 61
const BIAS = 2 ** 23

export function encodeNumeric({ digits, scale, special }: Numeric): Uint8Array {
  const bytes: number[] = []
  if (special !== undefined) bytes.push(special === 'NaN' ? NAN : special === 'Infinity' ? INFINITY : MINUS_INFINITY)
  else if (digits === 0n) bytes.push(ZERO)
  else {
    appendPositive(bytes, digits < 0n ? -digits : digits, scale)
    if (digits < 0n) {
      for (const [i, byte] of bytes.entries()) bytes[i] = 255 - byte
      bytes.push(255)
    }
  }
  bytes.push(scale >> 8, scale & 255)
  return Uint8Array.from(bytes)
}

function appendPositive(out: number[], digits: bigint, scale: number): void {
  const decimal = digitsIn(digits) - scale
  const exponent = Math.ceil(decimal / 2)
  let text = (decimal % 2 === 0 ? '' : '0') + digits.toString().replace(/0+$/, '')
  if (text.length % 2 === 1) text += '0'
  if (exponent >= -SMALL && exponent <= SMALL) out.push(MIDDLE + exponent)
  else {
    const biased = exponent + BIAS
    out.push(exponent < 0 ? MIDDLE - SMALL - 1 : MIDDLE + SMALL + 1, biased >> 16, (biased >> 8) & 255, biased & 255)
  }
  for (let i = 0; i < text.length; i += 2) out.push(Number(text.slice(i, i + 2)) + 1)
}

export function decodeNumeric(bytes: Uint8Array): Numeric {
  const end = bytes.length - 2
  const scale = ((bytes[end] ?? 0) << 8) | (bytes[end + 1] ?? 0)
  const lead = bytes[0] ?? ZERO
  switch (lead) {
    case MINUS_INFINITY:
      return NUMERIC_MINUS_INFINITY
    case ZERO:
      return { digits: 0n, scale }
    case INFINITY:
      return NUMERIC_INFINITY
    case NAN:
      return NUMERIC_NAN
  }
  const negative = lead < ZERO
  const byte = (at: number): number => (negative ? 255 - (bytes[at] ?? 0) : (bytes[at] ?? 0))
  const first = byte(0)
  const wide = first === MIDDLE - SMALL - 1 || first === MIDDLE + SMALL + 1
  const exponent = wide ? ((byte(1) << 16) | (byte(2) << 8) | byte(3)) - BIAS : first - MIDDLE
  const from = wide ? 4 : 1
  const to = negative ? end - 1 : end
  let text = ''
  for (let at = from; at < to; at++) text += String(byte(at) - 1).padStart(2, '0')
  const shift = 2 * (exponent - (to - from)) + scale
  const read = BigInt(text)
  const size = shift >= 0 ? read * powerOfTen(shift) : read / powerOfTen(-shift)
  return { digits: negative ? -size : size, scale }
}
