import type { DataType } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'

/** A value as JSON text, as PostgreSQL's to_jsonb prints it: `: ` and `, ` between parts. */
export function jsonText(value: Value, type: DataType | undefined): string {
  if (value === null || type === undefined) return 'null'
  if (type.is === 'json' && typeof value === 'string') return value
  switch (typeof value) {
    case 'boolean':
      return String(value)
    case 'number':
      return numberText(value, type)
    case 'bigint':
      return bigintText(value, type)
    case 'string':
      return JSON.stringify(value)
    case 'object': {
      if (value instanceof Uint8Array)
        return JSON.stringify(`\\x${[...value].map(byte => byte.toString(16).padStart(2, '0')).join('')}`)
      if ('micros' in value) return JSON.stringify(intervalText(value.months, value.days, value.micros))
      return nestedText(value, type)
    }
  }
}

function nestedText(value: readonly Value[], type: DataType): string {
  if (type.is === 'array') return `[${value.map(element => jsonText(element, type.element)).join(', ')}]`
  if (type.is === 'row') {
    const fields = type.fields.map(
      (field, i) => `${JSON.stringify(field.name)}: ${jsonText(value[i] ?? null, field.type)}`,
    )
    return `{${fields.join(', ')}}`
  }
  if (type.is === 'map') {
    const pairs = value.map(pair => {
      const [key, element] = Array.isArray(pair) ? pair : []
      return `${JSON.stringify(typeof key === 'string' ? key : jsonText(key ?? null, type.key))}: ${jsonText(element ?? null, type.value)}`
    })
    return `{${pairs.join(', ')}}`
  }
  return 'null'
}

function numberText(value: number, type: DataType): string {
  if (type.is === 'date') return JSON.stringify(new Date(value * 86_400_000).toISOString().slice(0, 10))
  if (!Number.isFinite(value)) return JSON.stringify(String(value))
  const text = String(value)
  return (type.is === 'real' || type.is === 'double') && /^-?\d+$/.test(text) ? `${text}.0` : text
}

function bigintText(value: bigint, type: DataType): string {
  switch (type.is) {
    case 'decimal': {
      const digits = (value < 0n ? -value : value).toString().padStart(type.scale + 1, '0')
      const whole = digits.slice(0, digits.length - type.scale)
      return `${value < 0n ? '-' : ''}${whole}.${digits.slice(digits.length - type.scale) || '0'}`
    }
    case 'time':
      return JSON.stringify(clockText(value))
    case 'timestamp': {
      const day = floorDivide(value, 86_400_000_000n)
      const date = new Date(Number(day) * 86_400_000).toISOString().slice(0, 10)
      return JSON.stringify(`${date}T${clockText(value - day * 86_400_000_000n)}${type.zoned ? '+00:00' : ''}`)
    }
    default:
      return String(value)
  }
}

const floorDivide = (a: bigint, b: bigint): bigint => (a - (((a % b) + b) % b)) / b

function clockText(micros: bigint): string {
  const seconds = micros / 1_000_000n
  const two = (n: bigint): string => String(n).padStart(2, '0')
  const fraction = micros % 1_000_000n
  const rest = fraction === 0n ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`
  return `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}${rest}`
}

function intervalText(months: number, days: number, micros: bigint): string {
  const part = (n: number, word: string): string[] => (n === 0 ? [] : [`${n} ${word}${Math.abs(n) === 1 ? '' : 's'}`])
  const clock =
    micros === 0n && (months !== 0 || days !== 0)
      ? []
      : [`${micros < 0n ? '-' : ''}${clockText(micros < 0n ? -micros : micros)}`]
  return [...part(Math.trunc(months / 12), 'year'), ...part(months % 12, 'mon'), ...part(days, 'day'), ...clock].join(
    ' ',
  )
}
