import { StreamdownError } from '../errors/error.ts'
import type { Relation } from '../plan/nodes/node.ts'
import type { OptionDefinition } from './source.ts'

/** An option's text: as given, or the definition's default; an error where it is required and missing. */
export function textOption(relation: Relation, options: readonly OptionDefinition[], name: string): string | undefined {
  const definition = options.find(option => option.name === name)
  const given = relation.options[name] ?? definition?.default
  if (given === undefined && definition?.required === true) {
    throw new StreamdownError(
      'DSD3002',
      `table ${relation.name}: option '${name}' is required by connector ${relation.connector}`,
    )
  }
  if (given !== undefined && definition?.values !== undefined && !definition.values.includes(given)) {
    const values = definition.values.map(value => `'${value}'`).join(', ')
    throw new StreamdownError('DSD3002', `table ${relation.name}: option '${name}' is '${given}'; it takes ${values}`)
  }
  return given
}

export function integerOption(relation: Relation, options: readonly OptionDefinition[], name: string): bigint {
  const text = textOption(relation, options, name) ?? '0'
  if (!/^-?\d+$/.test(text.trim())) {
    throw new StreamdownError(
      'DSD3002',
      `table ${relation.name}: option '${name}' is '${text}'; it takes a whole number`,
    )
  }
  return BigInt(text)
}

export function booleanOption(relation: Relation, options: readonly OptionDefinition[], name: string): boolean {
  const text = textOption(relation, options, name) ?? 'false'
  if (text !== 'true' && text !== 'false') {
    throw new StreamdownError(
      'DSD3002',
      `table ${relation.name}: option '${name}' is '${text}'; it takes true or false`,
    )
  }
  return text === 'true'
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
}

/** Flink's durations: `5 s`, `10min`, `PT` is not taken. Milliseconds. */
export function durationOption(
  relation: Relation,
  options: readonly OptionDefinition[],
  name: string,
): number | undefined {
  const text = textOption(relation, options, name)
  if (text === undefined) return undefined
  const match = /^\s*(\d+)\s*([a-z]+)\s*$/i.exec(text)
  const unit = unitMs[(match?.[2] ?? '').toLowerCase()]
  if (match === null || unit === undefined) {
    throw new StreamdownError(
      'DSD3002',
      `table ${relation.name}: option '${name}' is '${text}'; it takes a duration such as '5 s'`,
    )
  }
  return Number(match[1]) * unit
}

/** Options that no definition names: most likely a slip of the pen. */
export function refuseUnknown(
  relation: Relation,
  options: readonly OptionDefinition[],
  prefixes: readonly string[],
): void {
  for (const name of Object.keys(relation.options)) {
    if (options.some(option => option.name === name) || prefixes.some(prefix => name.startsWith(prefix))) continue
    const known = options.map(option => option.name).join(', ')
    throw new StreamdownError(
      'DSD3002',
      `table ${relation.name}: connector ${relation.connector} has no option '${name}'; it has ${known}`,
    )
  }
}
