import { StreamdownError } from '../../errors/error.ts'
import type { OptionDefinition } from '../../options/definition.ts'
import { bytesOption, refuseOption } from '../../options/read.ts'
import type { Relation } from '../../plan/nodes/node.ts'
import { MAX_RECORD_BYTES } from '../format.ts'
import type { FormatDefinition } from './definition.ts'

/** The option of every connector that takes a text format. */
export const maxRecordOption: OptionDefinition = {
  name: 'max-record-bytes',
  type: 'bytes',
  default: String(MAX_RECORD_BYTES),
  summary: 'A longer record is a dead letter.',
}

const LARGEST_RECORD = 512 * 1024 * 1024

/** The longest record that is accepted: option `max-record-bytes`. */
export function maxRecordBytesOf(relation: Relation): number {
  const bytes = bytesOption(relation, [maxRecordOption], maxRecordOption.name)
  if (bytes > 0 && bytes <= LARGEST_RECORD) return bytes
  return refuseOption(relation, maxRecordOption.name, String(bytes), 'a size above 0, at most 512 mb')
}

/** The options of a table that are its format's. Throws DSD3002 where one is unknown or has a value that does not fit. */
export class FormatOptions {
  readonly relation: Relation
  readonly #format: FormatDefinition
  readonly #given: ReadonlyMap<string, string>

  constructor(relation: Relation, format: FormatDefinition) {
    const { name } = format
    const prefixes = [`${name}.`, `${name.replaceAll('-', '_')}.`]
    const given = new Map<string, string>()
    for (const [key, value] of Object.entries(relation.options)) {
      const prefix = prefixes.find(each => key.startsWith(each))
      if (prefix === undefined) continue
      const option = key.slice(prefix.length)
      if (!format.options.some(each => each.name === option)) {
        const names = format.options.map(each => each.name).join(', ')
        throw new StreamdownError(
          'DSD3002',
          `Table ${relation.name}: format ${name} has no option '${option}'; it has ${names}.`,
        )
      }
      given.set(option, value)
    }
    this.relation = relation
    this.#format = format
    this.#given = given
  }

  get maxRecordBytes(): number {
    return maxRecordBytesOf(this.relation)
  }

  text(name: string): string | undefined {
    const definition = this.#format.options.find(each => each.name === name)
    const value = this.#given.get(name) ?? definition?.default
    if (value !== undefined && definition?.values !== undefined && !definition.values.includes(value)) {
      this.#refuse(name, value, definition.values.join(', '))
    }
    return value
  }

  /** Throws DSD3002 where it is not given. */
  required(name: string): string {
    const value = this.text(name)
    if (value !== undefined) return value
    const format = this.#format.name
    const { summary } = this.#format.options.find(each => each.name === name) ?? { summary: '' }
    throw new StreamdownError(
      'DSD3002',
      `Table ${this.relation.name}: format ${format} needs option '${format}.${name}'. ${summary}`,
    )
  }

  flag(name: string): boolean {
    const value = this.text(name) ?? 'false'
    if (value !== 'true' && value !== 'false') this.#refuse(name, value, 'true or false')
    return value === 'true'
  }

  #refuse(name: string, value: string, takes: string): never {
    throw new StreamdownError(
      'DSD3002',
      `Table ${this.relation.name}: option '${this.#format.name}.${name}' is '${value}'; it takes ${takes}.`,
    )
  }
}
