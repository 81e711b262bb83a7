import { StreamdownError } from '../errors/error.ts'
import type { Relation } from '../plan/nodes/node.ts'
import { parseByteSize } from '../values/byte-size.ts'
import { didYouMean } from '../values/nearest.ts'
import type { OptionDefinition } from './definition.ts'

/** An option that does not fit: names the table, the option, what was given and what is taken. Throws DSD3002. */
export function refuseOption(relation: Relation, name: string, given: string, takes: string): never {
  throw new StreamdownError('DSD3002', `Table ${relation.name}: option '${name}' is '${given}'; it takes ${takes}.`)
}

/** An option's text: as given, or the definition's default; an error where it is required and missing. */
export function textOption(relation: Relation, options: readonly OptionDefinition[], name: string): string | undefined {
  const definition = options.find(option => option.name === name)
  const known = [name, ...(definition?.aliases ?? [])].find(each => relation.options[each] !== undefined)
  const given = relation.options[known ?? name] ?? definition?.default
  if (given === undefined && definition?.required === true) {
    throw new StreamdownError(
      'DSD3002',
      `Table ${relation.name}: option '${name}' is required by connector ${relation.connector}.`,
    )
  }
  if (given !== undefined && definition?.values !== undefined && !definition.values.includes(given)) {
    refuseOption(relation, name, given, definition.values.map(value => `'${value}'`).join(', '))
  }
  return given
}

export interface IntegerBounds {
  readonly least?: bigint
  readonly most?: bigint
}

/** A whole number within bounds; undefined when it is not given and has no default. */
export function optionalInteger(
  relation: Relation,
  options: readonly OptionDefinition[],
  name: string,
  { least, most }: IntegerBounds = {},
): bigint | undefined {
  const text = textOption(relation, options, name)?.trim()
  if (text === undefined) return undefined
  const value = /^-?\d+$/.test(text) ? BigInt(text) : undefined
  if (value === undefined || (least !== undefined && value < least) || (most !== undefined && value > most)) {
    const from = least === undefined ? '' : ` from ${least}`
    return refuseOption(relation, name, text, `a whole number${from}${most === undefined ? '' : ` to ${most}`}`)
  }
  return value
}

/** A whole number within bounds, of an option that is required or has a default. */
export function integerOption(
  relation: Relation,
  options: readonly OptionDefinition[],
  name: string,
  bounds: IntegerBounds = {},
): bigint {
  const value = optionalInteger(relation, options, name, bounds)
  if (value !== undefined) return value
  throw new StreamdownError('DSD3002', `Table ${relation.name}: option '${name}' is required.`)
}

export function booleanOption(relation: Relation, options: readonly OptionDefinition[], name: string): boolean {
  const text = textOption(relation, options, name) ?? 'false'
  if (text !== 'true' && text !== 'false') refuseOption(relation, name, text, 'true or false')
  return text === 'true'
}

const unitMs: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['ms', 1],
  ['milli', 1],
  ['millis', 1],
  ['millisecond', 1],
  ['milliseconds', 1],
  ['s', 1000],
  ['sec', 1000],
  ['secs', 1000],
  ['second', 1000],
  ['seconds', 1000],
  ['m', 60_000],
  ['min', 60_000],
  ['minute', 60_000],
  ['minutes', 60_000],
  ['h', 3_600_000],
  ['hour', 3_600_000],
  ['hours', 3_600_000],
  ['d', 86_400_000],
  ['day', 86_400_000],
  ['days', 86_400_000],
])

/** Flink's durations: a number and a unit, `5 s`, `10min`; without a unit milliseconds. Gives milliseconds. */
export function durationOption(
  relation: Relation,
  options: readonly OptionDefinition[],
  name: string,
): number | undefined {
  const text = textOption(relation, options, name)
  if (text === undefined) return undefined
  const match = /^\s*(\d{1,12})\s*([a-z]*)\s*$/i.exec(text)
  const unit = unitMs.get((match?.[2] ?? '').toLowerCase())
  if (match === null || unit === undefined) return refuseOption(relation, name, text, "a duration such as '5 s'")
  return Number(match[1]) * unit
}

/** Flink's memory sizes: `65536`, `64 kb`, `16mb` (of 1024). */
export function bytesOption(relation: Relation, options: readonly OptionDefinition[], name: string): number {
  const text = textOption(relation, options, name) ?? '0'
  return parseByteSize(text) ?? refuseOption(relation, name, text, "a size such as '16 mb'")
}

/** Options that the binder and the engine read, of whatever connector. */
const common = new Set([
  'connector',
  'format',
  'type',
  'primary_key',
  'changelog-mode',
  'changelog_mode',
  'event_time_field',
  'force_append_only',
  'scan.parallelism',
  'sink.parallelism',
  'sink.delivery-guarantee',
])
const commonPrefixes = ['scan.watermark.']

/** Options that no definition names and no prefix covers: most likely a slip of the pen. Throws DSD3002. */
export function refuseUnknown(
  relation: Relation,
  options: readonly OptionDefinition[],
  prefixes: readonly string[] = [],
): void {
  for (const name of Object.keys(relation.options)) {
    if (common.has(name) || options.some(option => option.name === name || option.aliases?.includes(name))) continue
    if ([...commonPrefixes, ...prefixes].some(prefix => name.startsWith(prefix))) continue
    const known = options.map(option => option.name)
    const has = known.length === 0 ? 'none' : known.join(', ')
    throw new StreamdownError(
      'DSD3002',
      `Table ${relation.name}: connector ${relation.connector} has no option '${name}'; it has ${has}.${didYouMean(name, known)}`,
    )
  }
}
