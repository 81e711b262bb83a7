import type { Memory } from '../batch/memory.ts'
import { StreamdownError } from '../errors/error.ts'
import { RowError } from '../functions/definition.ts'
import { guardedRegExp } from '../functions/regex/guarded-regexp.ts'
import type { Schema } from '../types/data-type.ts'
import type { Value } from '../types/value.ts'
import { valueOfText } from './csv.ts'
import type { Decoder, ScanColumn } from './format.ts'
import { MisfitError } from './json-values.ts'
import { createLineDecoder } from './line-decoder.ts'
import { wantedFields } from './row-block.ts'
import { type TimestampRules, timestampRules } from './scalar-text.ts'

export interface RegexDecoderOptions {
  /** Has a named group for each column of the table; a line must match it as a whole. */
  readonly pattern: string
  readonly timestampStandard?: TimestampRules['standard']
  /** A group that does not fit its column is NULL. Default: the line is a dead letter. */
  readonly ignoreParseErrors?: boolean
  readonly maxRecordBytes?: number
}

/** Lines taken apart by the named groups of a regular expression; a group that took no part is NULL. */
export function createRegexDecoder(
  memory: Memory,
  schema: Schema,
  columns: readonly ScanColumn[],
  options: RegexDecoderOptions,
): Decoder {
  const expression = linePattern(options.pattern, schema)
  const fields = wantedFields(schema, columns)
  const rules = timestampRules(options.timestampStandard ?? 'any', undefined)
  const read = (line: string): readonly Value[] => {
    const groups = groupsOf(expression, line)
    if (groups === undefined) throw new MisfitError('the line does not match regex.pattern')
    return fields.map(({ name, type, nullable }) => {
      const text = groups[name]
      if (text === undefined) return null
      try {
        return valueOfText(text, type, rules, ';')
      } catch (error) {
        if (!(error instanceof MisfitError)) throw error
        if (options.ignoreParseErrors === true && nullable) return null
        throw new MisfitError(`column "${name}": ${error.message}`)
      }
    })
  }
  return createLineDecoder(memory, schema, columns, read, options.maxRecordBytes)
}

function groupsOf(expression: RegExp, line: string): Readonly<Record<string, string>> | undefined {
  try {
    return expression.exec(line)?.groups
  } catch (error) {
    if (!(error instanceof RowError)) throw error
    throw new MisfitError(`regex.pattern: ${error.message}`)
  }
}

/** The expression for whole lines. Throws DSD3002 where it is none, or a column has no group. */
export function linePattern(pattern: string, schema: Schema): RegExp {
  let expression: RegExp
  try {
    expression = guardedRegExp(`^(?:${pattern})$`, 'u')
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error)
    throw new StreamdownError('DSD3002', `Option 'regex.pattern': ${what}.`, { cause: error })
  }
  // Of an alternative that matches everything all groups are there.
  const groups = new RegExp(`${expression.source}|`, 'u').exec('')?.groups ?? {}
  const missing = schema.find(({ name }) => !Object.hasOwn(groups, name))
  if (missing === undefined) return expression
  const names = Object.keys(groups).join(', ')
  throw new StreamdownError(
    'DSD3002',
    `Option 'regex.pattern' has no group (?<${missing.name}>...); its named groups are: ${names === '' ? 'none' : names}.`,
  )
}
