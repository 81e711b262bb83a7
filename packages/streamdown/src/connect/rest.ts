import { StreamdownError } from '../errors/error.ts'
import { requireJson, valueOfJson } from '../formats/json-values.ts'
import { timestampRules } from '../formats/scalar-text.ts'
import { plainText } from '../formats/value-text.ts'
import type { OptionDefinition } from '../options/definition.ts'
import { refuseOption, refuseUnknown, textOption } from '../options/read.ts'
import type { Relation } from '../plan/nodes/node.ts'
import type { Value } from '../types/value.ts'
import { isJsonArray, isJsonObject, type Json } from '../values/json.ts'
import { askedBy, lookupOptions } from './lookup-options.ts'
import type { Connector } from './source.ts'

const options: readonly OptionDefinition[] = [
  {
    name: 'url',
    type: 'string',
    required: true,
    summary: 'Where a row is asked for; `{column}` stands for the value of a column that the join compares.',
    example: 'https://example.com/customers/{id}',
  },
  {
    name: 'headers.#',
    type: 'string',
    summary: 'A header of each request; `#` is its name.',
    example: 'Bearer 7d3c',
  },
  ...lookupOptions,
]

const rules = timestampRules('any', undefined)

/** Asks an HTTP endpoint for the rows of a key: JSON, an object or an array of them; 404 says that there are none. */
export const rest: Connector = {
  name: 'rest',
  summary: 'Rows that an HTTP endpoint gives when it is asked for a key, as JSON.',
  options,
  lookup: {
    guarantee: 'each answer is taken in once and kept for retractions; a question may be asked again',
    create: (relation, keys) => {
      refuseUnknown(relation, options, ['headers.'])
      const url = urlOf(relation, keys)
      const headers = headersOf(relation)
      return askedBy(relation, (questions, signal) =>
        Promise.all(
          questions.map(async values => {
            if (values.includes(null)) return []
            const response = await fetch(url(values), { headers, signal })
            if (response.status === 404) return []
            if (!response.ok) throw new Error(`${url(values)} answered ${response.status}`)
            return rowsOf(relation, requireJson(await response.text()))
          }),
        ),
      )
    },
  },
}

function urlOf(relation: Relation, keys: readonly number[]): (values: readonly Value[]) => string {
  const template = textOption(relation, options, 'url') ?? ''
  const names = keys.map(key => relation.schema[key]?.name ?? '')
  for (const [, name = ''] of template.matchAll(/\{(\w+)\}/g)) {
    if (!names.includes(name))
      refuseOption(
        relation,
        'url',
        template,
        `the columns that the join compares: ${names.map(one => `{${one}}`).join(', ')}`,
      )
  }
  return values =>
    template.replace(/\{(\w+)\}/g, (_, name: string) => {
      const at = names.indexOf(name)
      const type = relation.schema[keys[at] ?? -1]?.type ?? { is: 'null' }
      return encodeURIComponent(plainText(type, values[at] ?? null, true))
    })
}

function headersOf({ options: given }: Relation): Record<string, string> {
  const headers: Record<string, string> = { accept: 'application/json' }
  for (const [name, value] of Object.entries(given))
    if (name.startsWith('headers.')) headers[name.slice('headers.'.length)] = value
  return headers
}

function rowsOf({ name, schema }: Relation, json: Json): readonly (readonly Value[])[] {
  return (isJsonArray(json) ? json : [json]).map(row => {
    if (!isJsonObject(row)) throw new StreamdownError('DSD4001', `${name}: a row is a JSON object.`)
    return schema.map(({ name: column, type }) => valueOfJson(row.get(column) ?? null, type, rules))
  })
}
