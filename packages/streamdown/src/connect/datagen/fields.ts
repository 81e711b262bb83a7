import { StreamdownError } from '../../errors/error.ts'
import type { OptionDefinition } from '../../options/definition.ts'
import {
  booleanOption,
  durationOption,
  integerOption,
  optionalInteger,
  refuseOption,
  textOption,
} from '../../options/read.ts'
import type { Relation } from '../../plan/nodes/node.ts'
import type { DataType } from '../../types/data-type.ts'
import { integerRanges } from '../../types/integer-range.ts'
import type { Value } from '../../types/value.ts'
import { Decimal } from '../../values/decimal.ts'
import { datagenOptions } from './options.ts'
import { type Draw, drawsOf, partOf, unit } from './random.ts'

/** A column's value in row `row`, whose time is `now` (µs). */
export type FieldGenerator = (row: bigint, now: bigint) => Value

type RandomValue = (draw: Draw, now: bigint) => Value

const PREFIX = 'fields.#.'
const leaves = datagenOptions.filter(({ name }) => name.startsWith(PREFIX))
const DAY = 86_400_000_000n
const COLLECTION_LENGTH = 3n
const MOST_LENGTH = 10_000_000n

/** The options of one column or part of it: `path` is `fields.NAME`. */
class FieldOptions {
  readonly relation: Relation
  readonly path: string
  readonly #definitions: readonly OptionDefinition[]

  constructor(relation: Relation, path: string) {
    this.relation = relation
    this.path = path
    this.#definitions = leaves.map(leaf => ({ ...leaf, name: this.nameOf(leaf.name.slice(PREFIX.length)) }))
  }

  nameOf(leaf: string): string {
    return `${this.path}.${leaf}`
  }

  part(name: string): FieldOptions {
    return new FieldOptions(this.relation, this.nameOf(name))
  }

  text(leaf: string): string | undefined {
    return textOption(this.relation, this.#definitions, this.nameOf(leaf))
  }

  given(leaf: string): string | undefined {
    return this.relation.options[this.nameOf(leaf)]
  }

  flag(leaf: string): boolean {
    return booleanOption(this.relation, this.#definitions, this.nameOf(leaf))
  }

  integer(leaf: string, least: bigint, most: bigint): bigint | undefined {
    return optionalInteger(this.relation, this.#definitions, this.nameOf(leaf), { least, most })
  }

  bound(leaf: string): bigint {
    if (this.given(leaf) !== undefined) return integerOption(this.relation, this.#definitions, this.nameOf(leaf))
    return this.#fail(`a sequence needs option '${this.nameOf(leaf)}'`)
  }

  number(leaf: string): number | undefined {
    const text = this.given(leaf)
    if (text === undefined) return undefined
    const value = text.trim() === '' ? Number.NaN : Number(text)
    return Number.isFinite(value) ? value : this.refuse(leaf, 'a number')
  }

  decimal(leaf: string, scale: number): bigint | undefined {
    const text = this.given(leaf)
    if (text === undefined) return undefined
    try {
      return Decimal.from(text).round(scale).unscaled
    } catch (error) {
      if (error instanceof StreamdownError) return this.refuse(leaf, 'a decimal number')
      throw error
    }
  }

  micros(leaf: string): bigint {
    return BigInt(durationOption(this.relation, this.#definitions, this.nameOf(leaf)) ?? 0) * 1000n
  }

  refuse(leaf: string, takes: string): never {
    return refuseOption(this.relation, this.nameOf(leaf), this.given(leaf) ?? '', takes)
  }

  noValues(type: DataType, kind: string): never {
    return this.#fail(`datagen makes no ${kind} values of type ${type.is.toUpperCase()} (${this.path})`)
  }

  #fail(problem: string): never {
    throw new StreamdownError('DSD3002', `Table ${this.relation.name}: ${problem}.`)
  }
}

/** How many rows the shortest sequence has; undefined without one. */
export function sequenceLength(relation: Relation): bigint | undefined {
  let shortest: bigint | undefined
  for (const { name } of relation.schema) {
    const options = new FieldOptions(relation, `fields.${name}`)
    if (options.text('kind') !== 'sequence') continue
    const start = options.bound('start')
    const end = options.bound('end')
    if (end < start) options.refuse('end', `a whole number from ${start}`)
    if (shortest === undefined || end - start < shortest - 1n) shortest = end - start + 1n
  }
  return shortest
}

export function fieldGenerator(relation: Relation, index: number, seed: bigint): FieldGenerator {
  const field = relation.schema[index]
  if (field === undefined) throw new StreamdownError('DSD9002', `Table ${relation.name} has no column ${index}.`)
  const options = new FieldOptions(relation, `fields.${field.name}`)
  if (options.text('kind') === 'sequence') return sequenceOf(options, field.type)
  const value = randomOf(options, field.type)
  const draws = drawsOf(seed, index)
  return (row, now) => value(draws(row), now)
}

function sequenceOf(options: FieldOptions, type: DataType): FieldGenerator {
  const start = options.bound('start')
  const end = options.bound('end')
  switch (type.is) {
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint': {
      const [lowest, highest] = integerRanges[type.is]
      if (start < lowest) options.refuse('start', `a whole number from ${lowest}`)
      if (end > highest) options.refuse('end', `a whole number to ${highest}`)
      return type.is === 'bigint' ? row => start + row : row => Number(start + row)
    }
    case 'decimal': {
      const limit = 10n ** BigInt(type.precision - type.scale)
      if (start <= -limit) options.refuse('start', `a whole number from ${1n - limit}`)
      if (end >= limit) options.refuse('end', `a whole number to ${limit - 1n}`)
      const factor = 10n ** BigInt(type.scale)
      return row => (start + row) * factor
    }
    case 'real':
    case 'double':
      return row => Number(start + row)
    case 'string':
      return row => String(start + row)
    default:
      return options.noValues(type, 'sequential')
  }
}

function randomOf(options: FieldOptions, type: DataType): RandomValue {
  const rate = options.number('null-rate') ?? 0
  if (rate < 0 || rate > 1) options.refuse('null-rate', 'a number from 0 to 1')
  const value = presentOf(options, type)
  return rate === 0 ? value : (draw, now) => (unit(draw(0)) < rate ? null : value(draw, now))
}

/** Draw 0 decides about NULL, the others about the value. */
function presentOf(options: FieldOptions, type: DataType): RandomValue {
  switch (type.is) {
    case 'boolean':
      return draw => (draw(1) & 1n) === 1n
    case 'tinyint':
    case 'smallint':
    case 'int':
    case 'bigint': {
      const [lowest, highest] = integerRanges[type.is]
      const low = options.integer('min', lowest, highest) ?? lowest
      const span = (options.integer('max', low, highest) ?? highest) - low + 1n
      return type.is === 'bigint' ? draw => low + (draw(1) % span) : draw => Number(low + (draw(1) % span))
    }
    case 'real':
    case 'double': {
      const low = options.number('min') ?? 0
      const high = options.number('max') ?? (type.is === 'real' ? 3.4028234663852886e38 : Number.MAX_VALUE)
      if (high < low) options.refuse('max', `a number from ${low}`)
      // Two products instead of one difference: the span of all doubles is no double.
      const between = (share: number): number => low * (1 - share) + high * share
      return type.is === 'real' ? draw => Math.fround(between(unit(draw(1)))) : draw => between(unit(draw(1)))
    }
    case 'decimal': {
      const limit = 10n ** BigInt(type.precision)
      const low = options.decimal('min', type.scale) ?? 0n
      const high = options.decimal('max', type.scale) ?? limit - 1n
      if (low <= -limit) options.refuse('min', `a DECIMAL(${type.precision}, ${type.scale})`)
      if (high < low || high >= limit)
        options.refuse('max', `a DECIMAL(${type.precision}, ${type.scale}) not below min`)
      return draw => low + (((draw(1) << 64n) | draw(2)) % (high - low + 1n))
    }
    case 'string':
      return hexOf(options, type)
    case 'bytes': {
      const hex = hexOf(options, type)
      return draw => new TextEncoder().encode(hex(draw))
    }
    case 'timestamp': {
      const past = options.micros('max-past')
      const unitMicros = 10n ** BigInt(6 - Math.min(type.precision, 6))
      return (draw, now) => cut(past === 0n ? now : now - (draw(1) % (past + 1n)), unitMicros)
    }
    case 'date':
      return (_, now) => Number(cut(now, DAY) / DAY)
    case 'time': {
      const unitMicros = 10n ** BigInt(6 - Math.min(type.precision, 6))
      return (_, now) => cut(now - cut(now, DAY), unitMicros)
    }
    case 'array': {
      const length = Number(lengthOf(options, COLLECTION_LENGTH))
      const element = randomOf(options.part('element'), type.element)
      return (draw, now) => Array.from({ length }, (_, at) => element(partOf(draw, at), now))
    }
    case 'map': {
      const length = Number(lengthOf(options, COLLECTION_LENGTH))
      const key = presentOf(options.part('key'), type.key)
      const value = randomOf(options.part('value'), type.value)
      return (draw, now) => {
        const entries = new Map<string, readonly [Value, Value]>()
        for (let at = 0; at < length; at++) {
          const made = key(partOf(draw, 2 * at), now)
          entries.set(String(made), [made, value(partOf(draw, 2 * at + 1), now)])
        }
        return [...entries.values()]
      }
    }
    case 'row': {
      const fields = type.fields.map(({ name, type: inner }) => randomOf(options.part(name), inner))
      return (draw, now) => fields.map((make, at) => make(partOf(draw, at), now))
    }
    case 'numeric':
    case 'json':
    case 'interval':
    case 'null':
      return options.noValues(type, 'random')
  }
}

/** Rounds towards the past. */
function cut(micros: bigint, to: bigint): bigint {
  const below = micros % to
  return micros - (below < 0n ? below + to : below)
}

const lengthOf = (options: FieldOptions, otherwise: bigint): bigint =>
  options.given('length') === undefined ? otherwise : (options.integer('length', 0n, MOST_LENGTH) ?? otherwise)

function hexOf(
  options: FieldOptions,
  type: { readonly length?: number; readonly fixed?: boolean },
): (draw: Draw) => string {
  const most = type.length === undefined ? MOST_LENGTH : BigInt(type.length)
  const declared = type.length !== undefined && (type.fixed === true || type.length < 100) ? type.length : 100
  const length = Number(options.given('length') === undefined ? declared : options.integer('length', 0n, most))
  const varies = options.flag('var-len') && length > 0
  return draw => {
    const wanted = varies ? 1 + Number(draw(1) % BigInt(length)) : length
    let text = ''
    for (let word = 2; text.length < wanted; word++) text += draw(word).toString(16).padStart(16, '0')
    return text.slice(0, wanted)
  }
}
