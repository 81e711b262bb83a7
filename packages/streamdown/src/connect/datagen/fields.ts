import { StreamdownError } from '../../errors/error.ts'
import type { Relation } from '../../plan/nodes/node.ts'
import type { DataType } from '../../types/data-type.ts'
import type { Value } from '../../types/value.ts'
import { durationOption, integerOption, textOption } from '../options.ts'
import type { OptionDefinition } from '../source.ts'

/** A column's value in row `row`. */
export type FieldGenerator = (row: bigint) => Value

/** How many rows the shortest sequence has; undefined without one. */
export function sequenceLength(relation: Relation): bigint | undefined {
  let shortest: bigint | undefined
  for (const { name } of relation.schema) {
    if (relation.options[`fields.${name}.kind`] !== 'sequence') continue
    const length = endOf(relation, name) - startOf(relation, name) + 1n
    if (shortest === undefined || length < shortest) shortest = length
  }
  return shortest
}

const optional = (name: string, type: OptionDefinition['type'] = 'integer'): readonly OptionDefinition[] => [
  { name, type, summary: '' },
]

function boundOf(relation: Relation, name: string): bigint {
  if (relation.options[name] === undefined) {
    throw new StreamdownError('DSD3002', `table ${relation.name}: a sequence needs option '${name}'`)
  }
  return integerOption(relation, optional(name), name)
}

const startOf = (relation: Relation, column: string): bigint => boundOf(relation, `fields.${column}.start`)
const endOf = (relation: Relation, column: string): bigint => boundOf(relation, `fields.${column}.end`)

export function fieldGenerator(relation: Relation, index: number, seed: bigint, now: bigint): FieldGenerator {
  const field = relation.schema[index]
  if (field === undefined) throw new StreamdownError('DSD2002', `table ${relation.name} has no column ${index}`)
  const option = (name: string): string => `fields.${field.name}.${name}`
  if (relation.options[option('kind')] === 'sequence') {
    const start = startOf(relation, field.name)
    endOf(relation, field.name)
    return row => inType(start + row, field.type)
  }
  const nullRate = Number(textOption(relation, optional(option('null-rate'), 'string'), option('null-rate')) ?? '0')
  const random = (row: bigint, draw: bigint): bigint =>
    mix(seed + row * 0x632be59bd9b4e019n + (BigInt(index) * 8n + draw) * 0x9e3779b97f4a7c15n)
  const value = randomOf(relation, field.type, option, now)
  return row =>
    nullRate > 0 && Number(random(row, 0n) >> 11n) / 2 ** 53 < nullRate ? null : value(draw => random(row, draw + 1n))
}

function mix(x: bigint): bigint {
  let z = BigInt.asUintN(64, x)
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n)
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn)
  return z ^ (z >> 31n)
}

type Draw = (draw: bigint) => bigint

const integerRanges: Readonly<Record<string, readonly [bigint, bigint]>> = {
  tinyint: [-128n, 127n],
  smallint: [-32768n, 32767n],
  int: [-(2n ** 31n), 2n ** 31n - 1n],
  bigint: [-(2n ** 63n), 2n ** 63n - 1n],
}

function randomOf(
  relation: Relation,
  type: DataType,
  option: (name: string) => string,
  now: bigint,
): (draw: Draw) => Value {
  const text = (name: string): string | undefined =>
    textOption(relation, optional(option(name), 'string'), option(name))
  const unit = (random: bigint): number => Number(random >> 11n) / 2 ** 53
  switch (type.is) {
    case 'boolean':
      return draw => (draw(0n) & 1n) === 1n
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint': {
      const [lowest, highest] = integerRanges[type.is] ?? [0n, 0n]
      const low = BigInt(text('min') ?? lowest)
      const span = BigInt(text('max') ?? highest) - low + 1n
      return draw => inType(low + (draw(0n) % span), type)
    }
    case 'real':
    case 'double': {
      const low = Number(text('min') ?? '0')
      const span = Number(text('max') ?? '1') - low
      return draw => (type.is === 'real' ? Math.fround(low + unit(draw(0n)) * span) : low + unit(draw(0n)) * span)
    }
    case 'decimal': {
      const limit = 10n ** BigInt(type.precision)
      return draw => ((draw(0n) << 64n) | draw(1n)) % limit
    }
    case 'string':
    case 'bytes': {
      const length = Number(text('length') ?? type.length ?? 100)
      const hex = (draw: Draw): string => {
        let out = ''
        for (let word = 0n; out.length < length; word++) out += draw(word).toString(16).padStart(16, '0')
        return out.slice(0, length)
      }
      return type.is === 'string' ? hex : draw => new TextEncoder().encode(hex(draw))
    }
    case 'timestamp': {
      const past =
        BigInt(durationOption(relation, optional(option('max-past'), 'duration'), option('max-past')) ?? 0) * 1000n
      return draw => now - (past === 0n ? 0n : draw(0n) % past)
    }
    case 'date':
      return () => Number(now / 86_400_000_000n)
    case 'time':
      return draw => draw(0n) % 86_400_000_000n
    case 'array':
    case 'map':
    case 'row':
    case 'json':
    case 'interval':
    case 'null':
      throw new StreamdownError(
        'DSD3002',
        `table ${relation.name}: datagen makes no values of type ${type.is.toUpperCase()}`,
      )
  }
}

function inType(value: bigint, type: DataType): Value {
  switch (type.is) {
    case 'bigint':
    case 'timestamp':
    case 'time':
      return value
    case 'decimal':
      return value * 10n ** BigInt(type.scale)
    case 'string':
      return String(value)
    default:
      return Number(value)
  }
}
