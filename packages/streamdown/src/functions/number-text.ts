/** The text of a DOUBLE: the shortest that reads back the same, in Java's form (Flink) or PostgreSQL's. */
export function doubleText(value: number, rule: 'flink' | 'postgres'): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity'
  if (value === 0) return rule === 'flink' ? (Object.is(value, -0) ? '-0.0' : '0.0') : Object.is(value, -0) ? '-0' : '0'
  const [digits = '0', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (rule === 'flink') {
    if (power < -3 || power >= 7) return `${digits.includes('.') ? digits : `${digits}.0`}E${power}`
    const text = plain(digits, power)
    return text.includes('.') ? text : `${text}.0`
  }
  if (power < -5 || power >= 15) return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
  return plain(digits, power)
}

/** The shortest digits that read back as the same REAL. */
export function realText(value: number, rule: 'flink' | 'postgres'): string {
  for (let precision = 1; precision < 9; precision++) {
    const short = Number(value.toPrecision(precision))
    if (Math.fround(short) === value) return doubleText(short, rule)
  }
  return doubleText(Number(value.toPrecision(9)), rule)
}

function plain(mantissa: string, power: number): string {
  const negative = mantissa.startsWith('-')
  const digits = mantissa.replace('-', '').replace('.', '')
  let text: string
  if (power < 0) text = `0.${'0'.repeat(-power - 1)}${digits}`
  else if (digits.length <= power + 1) text = digits.padEnd(power + 1, '0')
  else text = `${digits.slice(0, power + 1)}.${digits.slice(power + 1)}`
  return negative ? `-${text}` : text
}
