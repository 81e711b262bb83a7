import { aggregateFunctions } from '../../packages/streamdown/src/functions/aggregates.ts'
import type { ScalarFunction, Signature } from '../../packages/streamdown/src/functions/definition.ts'
import { scalarFunctions } from '../../packages/streamdown/src/functions/registry.ts'
import { code, page, table } from './markdown.ts'

const categories: Record<ScalarFunction['category'], string> = {
  string: 'Text',
  regex: 'Patterns',
  math: 'Numbers',
  time: 'Dates and times',
  conditional: 'Conditions',
  comparison: 'Comparison',
  logic: 'Logic',
  json: 'JSON',
  nested: 'ARRAY, MAP and ROW',
  bytes: 'Bytes',
  hash: 'Hashes',
  system: 'System',
}

/** docs/functions.md: every function and operator with an example that a test runs. */
export function functionsPage(): string {
  const sections = Object.entries(categories).flatMap(([category, title]) => {
    const members = scalarFunctions
      .filter(each => each.category === category)
      .map(asWritten)
      .sort(byName)
    if (members.length === 0) return []
    const rows = members.map(definition => [usagesOf(definition), summaryOf(definition), examplesOf(definition)])
    return [`## ${title}\n\n${table(['function', '', 'example'], rows)}`]
  })
  const aggregates = aggregateFunctions.map(definition => [
    code(definition.usage),
    summaryOf(definition),
    examplesOf(definition),
  ])
  return page(
    '# Functions',
    'Names may be written in any case. Unless said otherwise a function of NULL is NULL. Examples are for the default dialect, and tests run them.',
    ...sections,
    `## Aggregates\n\n${table(['function', '', 'example'], aggregates)}`,
  )
}

/** Entries that another name means in one dialect, by their own names. */
const standIns = new Map(
  scalarFunctions.flatMap(({ name, insteadIn }) =>
    insteadIn === undefined ? [] : [[insteadIn.name, { name, dialect: insteadIn.functions }] as const],
  ),
)

/** As users write it: under the name that means it, with the dialect said. */
function asWritten(definition: ScalarFunction): ScalarFunction {
  const meant = standIns.get(definition.name)
  if (meant === undefined) return definition
  const own = new RegExp(`\\b${definition.name}\\b`, 'gi')
  return {
    ...definition,
    name: meant.name,
    summary: `In dialect ${meant.dialect}: ${definition.summary}`,
    examples: definition.examples.map(({ sql, gives }) => ({ sql: sql.replace(own, meant.name.toUpperCase()), gives })),
  }
}

const byName = (a: ScalarFunction, b: ScalarFunction): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)

/** Operators and forms with keywords of their own are shown by their examples. */
function usagesOf({ name, signatures }: ScalarFunction): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return code(name)
  return [...new Set(signatures.map(signature => `${name}(${parametersOf(signature)})`))].map(code).join('<br>')
}

function parametersOf({ parameters, variadic, optional = 0 }: Signature): string {
  const fixed = parameters.map((parameter, index) =>
    index >= parameters.length - optional && variadic !== true ? `[${parameter}]` : parameter,
  )
  return [...fixed, ...(variadic === true ? ['...'] : [])].join(', ')
}

interface Documented {
  readonly summary: string
  readonly aliases?: readonly string[]
  readonly examples: readonly { readonly sql: string; readonly gives: string }[]
}

const summaryOf = ({ summary, aliases = [] }: Documented): string =>
  aliases.length === 0 ? summary : `${summary} Also ${aliases.map(code).join(', ')}.`

const examplesOf = ({ examples }: Documented): string =>
  examples.map(({ sql, gives }) => `${code(sql)} is ${gives === '' ? 'empty' : code(gives)}`).join('<br>')
